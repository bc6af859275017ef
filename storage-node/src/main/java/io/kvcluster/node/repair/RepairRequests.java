package io.kvcluster.node.repair;

import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.peer.PeerRequestHandler;
import io.kvcluster.node.replica.MerkleTree;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.replica.RepairSide.Entry;
import io.kvcluster.node.replica.RepairSide.Listing;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.proto.peer.BucketAnswer;
import io.kvcluster.proto.peer.BucketRequest;
import io.kvcluster.proto.peer.ExchangeAnswer;
import io.kvcluster.proto.peer.ExchangeDone;
import io.kvcluster.proto.peer.ExchangeDoneAnswer;
import io.kvcluster.proto.peer.ExchangeRequest;
import io.kvcluster.proto.peer.KeyDigest;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.TreeAnswer;
import io.kvcluster.proto.peer.TreeRequest;
import io.kvcluster.ring.Ring;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Answers the exchanges that other replicas drive. Keeps nothing between two questions but what an ended exchange proved. */
final class RepairRequests implements PeerRequestHandler {
    private static final int PAGE_BYTES = 40 * 1024;
    private static final int NODES = 256;
    private final RepairSetup setup;
    private final IntFunction<PartitionRepair> partitions;

    RepairRequests(RepairSetup setup, IntFunction<PartitionRepair> partitions) {
        this.setup = setup;
        this.partitions = partitions;
    }

    @Override
    public void handle(String fromStoreId, List<PeerMessage> requests, Responder responder) {
        for (PeerMessage request : requests) {
            int partition = partitionOf(request);
            if (partition < 0 || partition >= setup.sides().size()) {
                responder.answer(refusal(request, PeerStatus.PEER_NOT_A_REPLICA));
                continue;
            }
            Loop loop = setup.loops().get(partition % setup.loops().size());
            long arrived = setup.clock().nanos();
            if (!loop.offer(() -> serve(fromStoreId, request, partitions.apply(partition), arrived, responder))) {
                responder.answer(refusal(request, PeerStatus.PEER_OVERLOADED));
            }
        }
    }

    private static int partitionOf(PeerMessage request) {
        return switch (request.getBodyCase()) {
            case EXCHANGE_REQUEST -> request.getExchangeRequest().getPartition();
            case TREE_REQUEST -> request.getTreeRequest().getPartition();
            case BUCKET_REQUEST -> request.getBucketRequest().getPartition();
            case EXCHANGE_DONE -> request.getExchangeDone().getPartition();
            default -> -1;
        };
    }

    private static long deadlineMillis(PeerMessage request) {
        int millis = switch (request.getBodyCase()) {
            case EXCHANGE_REQUEST -> request.getExchangeRequest().getDeadlineMillis();
            case TREE_REQUEST -> request.getTreeRequest().getDeadlineMillis();
            case BUCKET_REQUEST -> request.getBucketRequest().getDeadlineMillis();
            case EXCHANGE_DONE -> request.getExchangeDone().getDeadlineMillis();
            default -> 0;
        };
        return Integer.toUnsignedLong(millis);
    }

    // --- on the loop

    private void serve(String from, PeerMessage request, PartitionRepair partition, long arrived, Responder responder) {
        RepairSide side = partition.side();
        if (setup.clock().nanos() - arrived > deadlineMillis(request) * 1_000_000L) {
            responder.answer(refusal(request, PeerStatus.PEER_EXPIRED));
            return;
        }
        PeerStatus status = judge(request, partition);
        if (status != PeerStatus.OK) {
            responder.answer(refusal(request, status));
            return;
        }
        switch (request.getBodyCase()) {
            case EXCHANGE_REQUEST -> open(from, request, partition, responder);
            case TREE_REQUEST -> {
                partition.goesOn(from);
                responder.answer(answer(request).setTreeAnswer(tree(side, request.getTreeRequest())));
            }
            case BUCKET_REQUEST -> {
                partition.goesOn(from);
                responder.answer(answer(request).setBucketAnswer(bucket(side, request.getBucketRequest())));
            }
            case EXCHANGE_DONE ->
                responder.answer(
                        answer(request).setExchangeDoneAnswer(done(from, partition, request.getExchangeDone())));
            default -> throw new IllegalStateException("sorted wrongly: " + request.getBodyCase());
        }
    }

    private PeerStatus judge(PeerMessage request, PartitionRepair partition) {
        Ring ring = setup.rings().get();
        if (ring == null || ring.epoch() < request.getEpoch()) {
            return PeerStatus.PEER_CANNOT_SAY; // the newer ring is on its way; the exchange is tried again
        }
        Refusal refusal = partition.side().judge(request.getEpoch());
        if (refusal != null) {
            return switch (refusal) {
                case WRONG_EPOCH -> PeerStatus.PEER_WRONG_EPOCH;
                case NOT_A_REPLICA -> PeerStatus.PEER_NOT_A_REPLICA;
                case CANNOT_SAY, BELOW_WATERMARK, OVERLOADED, DISK_FULL, TOO_MANY_SIBLINGS, BAD_CONTEXT, FAILED ->
                    PeerStatus.PEER_CANNOT_SAY;
            };
        }
        partition.look(ring);
        boolean suspect = partition.side().suspect();
        boolean asksAnyway = asSuspect(request);
        boolean probe = request.getExchangeRequest().getProbe();
        return suspect && !asksAnyway && !probe || !partition.side().treeReady() && !probe
                ? PeerStatus.PEER_CANNOT_SAY
                : PeerStatus.OK;
    }

    private static boolean asSuspect(PeerMessage request) {
        return switch (request.getBodyCase()) {
            case EXCHANGE_REQUEST -> request.getExchangeRequest().getSuspect();
            case TREE_REQUEST -> request.getTreeRequest().getSuspect();
            case BUCKET_REQUEST -> request.getBucketRequest().getSuspect();
            case EXCHANGE_DONE -> true;
            default -> false;
        };
    }

    private void open(String from, PeerMessage message, PartitionRepair partition, Responder responder) {
        ExchangeRequest request = message.getExchangeRequest();
        RepairSide side = partition.side();
        if (partition.passedBy(request.getRepairedUpTo())) {
            partition.passed(request.getRepairedUpTo(), from);
            responder.answer(refusal(message, PeerStatus.PEER_CANNOT_SAY));
            return;
        }
        partition.heard(from, request.getCoveredWithAll());
        partition.heardWatermark(from, request.getRepairedUpTo());
        partition.promisedBy(from, request.getCovered());
        if (!request.getProbe() && !partition.lend(from)) {
            responder.answer(refusal(message, PeerStatus.PEER_OVERLOADED));
            return;
        }
        if (request.getProbe()) {
            responder.answer(answer(message).setExchangeAnswer(standing(partition)));
            return;
        }
        long lag = setup.config().coverLag().toMillis() << Hlc.COUNTER_BITS;
        side.promise(
                side.now() - lag,
                covered -> responder.answer(answer(message)
                        .setExchangeAnswer(standing(partition)
                                .setCovered(covered)
                                .setLeaves(side.tree().leaves())
                                .setKeys(side.keys())
                                .setRoot(side.tree().root()))));
    }

    private ExchangeAnswer.Builder standing(PartitionRepair partition) {
        return ExchangeAnswer.newBuilder()
                .setStatus(PeerStatus.OK)
                .setSuspect(partition.side().suspect())
                .setCoveredWithAll(partition.coveredWithAll())
                .setRepairedUpTo(partition.side().repairedUpTo())
                .setLife(partition.side().life())
                .setPauseMillis(partition.side().pauseMillis());
    }

    private TreeAnswer tree(RepairSide side, TreeRequest request) {
        MerkleTree tree = side.tree();
        int level = request.getLevel();
        TreeAnswer.Builder answer = TreeAnswer.newBuilder();
        if (level < 0 || level >= tree.depth() - 1 || request.getNodesCount() > NODES) {
            return answer.setStatus(PeerStatus.PEER_FAILED).build();
        }
        for (int node : request.getNodesList()) {
            if (node < 0 || node >= tree.width(level)) {
                return TreeAnswer.newBuilder().setStatus(PeerStatus.PEER_FAILED).build();
            }
            for (int child = 0; child < tree.children(level, node); child++) {
                answer.addChildren(tree.node(level + 1, node * MerkleTree.FAN_OUT + child));
            }
        }
        return answer.setStatus(PeerStatus.OK)
                .setPauseMillis(side.pauseMillis())
                .build();
    }

    private BucketAnswer bucket(RepairSide side, BucketRequest request) {
        if (request.getAfter().size() > Limits.KEY_BYTES) {
            return BucketAnswer.newBuilder().setStatus(PeerStatus.PEER_FAILED).build();
        }
        if (request.getLevel() < 0 || request.getLevel() >= side.tree().depth()) {
            return BucketAnswer.newBuilder().setStatus(PeerStatus.PEER_FAILED).build();
        }
        RepairSide.Nodes nodes = new RepairSide.Nodes(
                request.getLevel(), BitSet.valueOf(request.getNodes().asReadOnlyByteBuffer()));
        Optional<Key> after = request.getAfter().isEmpty()
                ? Optional.empty()
                : Optional.of(Key.of(request.getAfter().toByteArray()));
        BucketAnswer.Builder answer = BucketAnswer.newBuilder();
        switch (side.list(after, nodes, setup.config().sliceRows(), PAGE_BYTES, request.getCollectedUpTo())) {
            case Listing.CannotSay _ -> answer.setStatus(PeerStatus.PEER_CANNOT_SAY);
            case Listing.Page page -> {
                answer.setStatus(PeerStatus.OK).setPauseMillis(side.pauseMillis());
                for (Entry entry : page.entries()) {
                    answer.addKeys(KeyDigest.newBuilder()
                            .setKey(UnsafeByteOperations.unsafeWrap(entry.key().bytes()))
                            .setDigest(entry.digest())
                            .setGreatest(entry.greatest())
                            .setBytes(entry.bytes()));
                }
                page.upTo().ifPresent(key -> answer.setUpTo(UnsafeByteOperations.unsafeWrap(key.bytes())));
            }
        }
        return answer.build();
    }

    private ExchangeDoneAnswer done(String from, PartitionRepair partition, ExchangeDone request) {
        RepairSide side = partition.side();
        if (request.getLife() != side.life() || request.getCovered() > side.promised()) {
            return ExchangeDoneAnswer.newBuilder()
                    .setStatus(PeerStatus.PEER_CANNOT_SAY)
                    .build();
        }
        partition.giveBack(from);
        partition.exchangedByPeer(from, request);
        return ExchangeDoneAnswer.newBuilder()
                .setStatus(PeerStatus.OK)
                .setCoveredWithAll(partition.coveredWithAll())
                .build();
    }

    private PeerMessage.Builder answer(PeerMessage request) {
        Ring ring = setup.rings().get();
        return PeerMessage.newBuilder().setId(request.getId()).setEpoch(ring == null ? 0 : ring.epoch());
    }

    private PeerMessage.Builder refusal(PeerMessage request, PeerStatus status) {
        PeerMessage.Builder answer = answer(request);
        return switch (request.getBodyCase()) {
            case TREE_REQUEST -> answer.setTreeAnswer(TreeAnswer.newBuilder().setStatus(status));
            case BUCKET_REQUEST ->
                answer.setBucketAnswer(BucketAnswer.newBuilder().setStatus(status));
            case EXCHANGE_DONE ->
                answer.setExchangeDoneAnswer(ExchangeDoneAnswer.newBuilder().setStatus(status));
            default -> answer.setExchangeAnswer(ExchangeAnswer.newBuilder().setStatus(status));
        };
    }

    /** Whether a request is for this room. */
    static boolean isOurs(PeerMessage request) {
        return switch (request.getBodyCase()) {
            case EXCHANGE_REQUEST, TREE_REQUEST, BUCKET_REQUEST, EXCHANGE_DONE -> true;
            default -> false;
        };
    }
}
