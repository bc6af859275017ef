package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.peer.Peers;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every operation of one partition needs at hand, under one ring: who takes its writes and how to reach them.
 *
 * @param replicas who takes writes: while the partition moves those of both sets, the old ones first
 * @param self index of this node in {@code replicas}; -1 when it does not hold the partition any more
 */
record Replication(
        Node node,
        Ring ring,
        int partition,
        List<Member> replicas,
        int self,
        PartitionReplica local,
        Loop loop,
        OperationTrace trace) {

    /** The parts of the node that operations use; the same for all. */
    record Node(
            String name,
            String storeId,
            Clock clock,
            Peers peers,
            NodeHlc hlc,
            Resolution resolution,
            Contexts contexts,
            OperationEvents events,
            OperationSettings settings,
            Quorum.Rule rule,
            Supplier<MissedWrites> missed,
            RingNews rings) {}

    static Replication of(
            Node node, Ring ring, int partition, PartitionReplica local, Loop loop, OperationTrace trace) {
        List<Member> holders = ring.holders(partition);
        int self = -1;
        for (int i = 0; i < holders.size(); i++) {
            if (holders.get(i).getStoreId().equals(node.storeId())) {
                self = i;
            }
        }
        return new Replication(node, ring, partition, holders, self, local, loop, trace);
    }

    /** The same under a newer ring that changed the partition; null while there is none. What older acknowledgements said is void. */
    @SuppressWarnings("ReferenceEquality") // an equal ring that is another object is only looked at again
    @Nullable Replication renewed() {
        Ring now = node.rings().current();
        return now == ring || now.changedEpoch(partition) <= ring.epoch()
                ? null
                : of(node, now, partition, local, loop, trace);
    }

    /** Whether this node may begin an operation of the partition. */
    boolean coordinates() {
        return ring.coordinates(partition, node.storeId());
    }

    Quorums quorums(ConsistencyLevel level) {
        Quorum old =
                node.rule().of(level, ring.replicas(partition).size(), ring.read(partition), ring.write(partition));
        if (!ring.moves(partition)) {
            return new Quorums(old, old, old, old.holders());
        }
        Quorum target = node.rule()
                .target(level, ring.target(partition).size(), ring.targetRead(partition), ring.targetWrite(partition));
        return new Quorums(
                old, target, readsTarget() ? target : old, node.rule().targetHolders(target));
    }

    private boolean readsTarget() {
        return ring.moves(partition) && ring.move(partition).getPhase() == MovePhase.READ_NEW;
    }

    boolean isOld(int replica) {
        return replica < ring.replicas(partition).size();
    }

    boolean isTarget(int replica) {
        return ring.moves(partition) ? ring.isTarget(partition, storeId(replica)) : isOld(replica);
    }

    /** Reads and version questions ask it. */
    boolean isReader(int replica) {
        return readsTarget() ? isTarget(replica) : isOld(replica);
    }

    /** A message to a replica, under this ring and as a part of this operation. */
    PeerMessage.Builder message() {
        return message(ring, trace);
    }

    static PeerMessage.Builder message(Ring ring, OperationTrace trace) {
        PeerMessage.Builder message = PeerMessage.newBuilder().setEpoch(ring.epoch());
        ByteString context = trace.context();
        return context.isEmpty() ? message : message.setTrace(context);
    }

    String name(int replica) {
        return replicas.get(replica).getName();
    }

    String storeId(int replica) {
        return replicas.get(replica).getStoreId();
    }

    boolean isUp(int replica) {
        return replica == self || node.peers().isUp(storeId(replica));
    }

    Quorums.Tally upForWrites() {
        Quorums.Tally up = new Quorums.Tally(this);
        for (int i = 0; i < replicas.size(); i++) {
            if (isUp(i)) {
                up.add(i);
            }
        }
        return up;
    }

    /** Those that reads and version questions ask and that are up. */
    int up() {
        int up = 0;
        for (int i = 0; i < replicas.size(); i++) {
            if (isReader(i) && isUp(i)) {
                up++;
            }
        }
        return up;
    }

    Outcome.Service servedBy(ConsistencyLevel level, int answered) {
        return new Outcome.Service(node.name(), level, answered, ring.epoch());
    }

    Outcome notEnough(int needed, String what) {
        return new Outcome.NotApplied(
                Reason.NOT_ENOUGH_REPLICAS,
                true,
                needed + " of " + replicas.size() + " replicas must " + what + ", " + up() + " are up"
                        + (ring.moves(partition) ? "; the partition moves, and both sets must" : ""));
    }

    static Outcome ringChanged() {
        return new Outcome.NotApplied(
                Reason.WRONG_EPOCH, true, "the ring changed, and this node is no replica any more");
    }

    /** An answer said that this operation's ring is too old. */
    void newerRing(int replica, RingTable ring) {
        if (ring.getEpoch() > this.ring.epoch()) {
            node.rings().seen(storeId(replica), ring);
        }
    }

    /** Only whether the ring was too old is to be known of a peer's refusal. */
    static Refusal toRefusal(PeerStatus status) {
        return switch (status) {
            case PEER_WRONG_EPOCH -> Refusal.WRONG_EPOCH;
            case PEER_NOT_A_REPLICA -> Refusal.NOT_A_REPLICA;
            default -> Refusal.CANNOT_SAY;
        };
    }

    static PeerStatus toStatus(Refusal why) {
        return switch (why) {
            case CANNOT_SAY -> PeerStatus.PEER_CANNOT_SAY;
            case WRONG_EPOCH -> PeerStatus.PEER_WRONG_EPOCH;
            case NOT_A_REPLICA -> PeerStatus.PEER_NOT_A_REPLICA;
            case BELOW_WATERMARK -> PeerStatus.PEER_BELOW_WATERMARK;
            case OVERLOADED -> PeerStatus.PEER_OVERLOADED;
            case DISK_FULL -> PeerStatus.PEER_DISK_FULL;
            case TOO_MANY_SIBLINGS, BAD_CONTEXT, FAILED -> PeerStatus.PEER_FAILED;
        };
    }
}
