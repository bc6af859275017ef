package io.kvcluster.operator.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.kvcluster.crd.Blocker;
import io.kvcluster.crd.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers. Their names are the interface: openapi.json describes them, and what storage nodes answer too has their names. */
final class Shown {
    private Shown() {}

    /**
     * What an answer is about, and of when.
     *
     * @param observedAt when the operator last looked at the cluster; liveness and heartbeats of nodes are of the moment
     * @param stale it did not look for longer than it should: what follows may be over
     * @param ringEpoch 0 before the first ring
     */
    @JsonInclude(Include.NON_NULL)
    record Seen(
            String namespace,
            String cluster,
            String observedAt,
            boolean stale,
            @Nullable String staleBecause,
            long ringEpoch) {}

    /**
     * A member of the ring, or a pod that is none.
     *
     * @param state of the ring; LOST_STORE when its pod has another disk; PENDING for a pod that is no member
     * @param status UP, DOWN, or UNKNOWN while it is watched for too short a time
     * @param since of status
     * @param ringEpoch that the node uses, as it reported last
     * @param phase what the node says it does
     */
    @JsonInclude(Include.NON_NULL)
    record Node(
            String name,
            String storeId,
            String zone,
            String address,
            String state,
            String status,
            @Nullable String since,
            @Nullable String lastHeartbeat,
            int partitions,
            int primaryPartitions,
            long ringEpoch,
            @Nullable String phase,
            @Nullable String phaseMessage,
            @Nullable String version,
            @Nullable Long keys,
            @Nullable Long diskFreeBytes,
            @Nullable Long diskTotalBytes) {}

    record Nodes(@JsonUnwrapped Seen seen, List<Node> nodes) {}

    /** @param move absent unless the partition moves */
    @JsonInclude(Include.NON_NULL)
    record Mapping(
            @JsonUnwrapped Seen seen,
            String key,
            @Nullable String keyEncoding,
            int partition,
            Node primary,
            List<Node> replicas,
            @Nullable MovingTo move) {}

    /** Where a partition is on its way to: writes go to both sets. */
    record MovingTo(String phase, long copyEpoch, List<Node> replicas) {}

    /**
     * What becomes of a member.
     *
     * @param becomes JOINS, STAYS, LEAVES, or REPLACED: its pod comes back with an empty disk
     * @param gets,gives partitions
     * @param bytes of those that it gets, about
     */
    record Share(String name, String becomes, int gets, int gives, long bytes) {}

    /**
     * What a change would move.
     *
     * @param partitionsMoving that move now; they count as where they go
     * @param obstacles what would hold it up, as far as it is known now
     */
    record Plan(
            @JsonUnwrapped Seen seen,
            String goal,
            int partitions,
            int partitionsToMove,
            int copies,
            long bytes,
            int lowestCopies,
            int distinctReplicaSets,
            int partitionsMoving,
            List<Share> members,
            List<String> obstacles) {}

    /** Members by name, the primary first. */
    record Move(int partition, String phase, long copyEpoch, List<String> from, List<String> to) {}

    record Condition(String type, String status, String reason, String message, String since) {}

    /**
     * All that is known of a cluster but its ring.
     *
     * @param phase in a word, as in the status
     * @param operation the change that is under way and how far it is, as in the status
     * @param moves those of the smallest partitions, at most {@link ClusterViews#MOVES_SHOWN}
     * @param movesInAll how many there are
     */
    @JsonInclude(Include.NON_NULL)
    record Cluster(
            @JsonUnwrapped Seen seen,
            String phase,
            @Nullable String clusterId,
            int partitions,
            @Nullable Integer replicasWanted,
            @Nullable Integer replicationFactor,
            @Nullable String quorums,
            int underReplicatedPartitions,
            List<Condition> conditions,
            List<Blocker> blockedBy,
            @Nullable Operation operation,
            List<Move> moves,
            int movesInAll,
            List<Node> nodes) {}

    @JsonInclude(Include.NON_NULL)
    record Summary(
            @JsonUnwrapped Seen seen,
            String phase,
            int members,
            int membersUp,
            @Nullable String ready) {}

    record Clusters(List<Summary> clusters) {}
}
