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
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.function.Supplier;

/**
 * What every operation of one partition needs at hand, under one ring: who the replicas are and how to reach them.
 *
 * @param self index of this node in {@code replicas}
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
            Supplier<MissedWrites> missed) {}

    Quorum quorum(ConsistencyLevel level) {
        return node.rule().of(level, replicas.size(), ring.read(partition), ring.write(partition));
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

    int up() {
        int up = 0;
        for (int i = 0; i < replicas.size(); i++) {
            if (isUp(i)) {
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
                needed + " of " + replicas.size() + " replicas must " + what + ", " + up() + " are up");
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
