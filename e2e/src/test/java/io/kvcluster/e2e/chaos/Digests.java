package io.kvcluster.e2e.chaos;

import static org.awaitility.Awaitility.await;

import io.kvcluster.client.KvClient;
import io.kvcluster.client.Repairs;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.PartitionRepair;
import io.kvcluster.proto.repair.RepairRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Compares whole partitions by the roots of their replicas' Merkle trees: every key that anybody ever wrote, tombstones and siblings
 * too, not only what the clients of this run know of.
 */
final class Digests {
    private static final Duration QUESTION = Duration.ofSeconds(10);

    private final Repairs repairs;
    private final List<String> storeIds;

    Digests(KvClient client, List<String> storeIds) {
        this.repairs = new Repairs(client, QUESTION);
        this.storeIds = List.copyOf(storeIds);
    }

    /**
     * How the replicas compare.
     *
     * @param partitions that were compared
     * @param differing those of which not every replica that must have one has told the same root
     * @param hints that wait for other stores
     * @param dirtyPairs of replicas that may differ
     */
    record Comparison(int partitions, Set<Integer> differing, long hints, long dirtyPairs) {
        Comparison {
            differing = new TreeSet<>(differing);
        }

        boolean isEqual() {
            return partitions > 0 && differing.isEmpty() && hints == 0 && dirtyPairs == 0;
        }
    }

    /** Nothing is written meanwhile. @param replicas of each partition */
    Comparison awaitEqual(int replicas, Duration limit) {
        all(storeId -> repairs.start(storeId, RepairRequest.getDefaultInstance()));
        try {
            return await("roots equal")
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> look(replicas), Comparison::isEqual);
        } catch (ConditionTimeoutException notEqual) {
            return look(replicas);
        }
    }

    private Comparison look(int replicas) {
        List<GetRepairResponse> answers = all(storeId -> repairs.look(storeId, true));
        Map<Integer, List<Long>> roots = new HashMap<>();
        long hints = 0;
        long dirtyPairs = 0;
        for (GetRepairResponse answer : answers) {
            hints += answer.getRepair().getHints();
            dirtyPairs += answer.getRepair().getDirtyPairs();
            for (PartitionRepair partition : answer.getPartitionsList()) {
                List<Long> told = roots.computeIfAbsent(partition.getPartition(), _ -> new ArrayList<>());
                if (partition.getTree() && !partition.getSuspect()) {
                    told.add(partition.getRoot());
                }
            }
        }
        Set<Integer> differing = new HashSet<>();
        roots.forEach((partition, told) -> {
            if (told.size() != replicas || new HashSet<>(told).size() != 1) {
                differing.add(partition);
            }
        });
        return new Comparison(roots.size(), differing, hints, dirtyPairs);
    }

    private <R> List<R> all(Function<String, java.util.concurrent.CompletableFuture<KvClient.Answer<R>>> ask) {
        return storeIds.stream().map(ask).toList().stream()
                .map(answer -> switch (answer.join()) {
                    case KvClient.Answer.Got(R response) -> response;
                    case KvClient.Answer.Failed<R> failed -> throw new IllegalStateException(failed.toString());
                })
                .toList();
    }
}
