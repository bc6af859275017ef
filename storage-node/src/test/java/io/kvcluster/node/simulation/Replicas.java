package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.storage.RecordStore.Row;
import io.kvcluster.node.storage.RecordStore.Scan;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What the replicas of all partitions hold, seen from outside while nothing runs. */
final class Replicas {
    private static final int MANY = 10_000;

    private final SimCluster cluster;

    Replicas(SimCluster cluster) {
        this.cluster = cluster;
    }

    private boolean allUp() {
        return cluster.serving().stream().allMatch(machine -> machine.core() != null);
    }

    /** Hints that are kept for machines that can take them. */
    long hints() {
        if (!allUp()) {
            return Long.MAX_VALUE;
        }
        long hints = 0;
        for (SimMachine machine : cluster.serving()) {
            var report = core(machine).store().hints().report();
            if (!report.recovered()) {
                return Long.MAX_VALUE;
            }
            for (SimMachine target : cluster.serving()) {
                var kept = report.targets().get(core(target).store().identity().storeId());
                hints += kept == null ? 0 : kept.hints();
            }
        }
        return hints;
    }

    /** A replica that doubts what it holds. */
    Optional<String> doubt() {
        if (!allUp()) {
            return Optional.of("a machine is not up");
        }
        for (int p = 0; p < SimCluster.PARTITIONS; p++) {
            for (SimMachine machine : holders(p)) {
                if (replica(machine, p).repair().suspect()) {
                    return Optional.of("partition " + p + " of " + machine.name + ", its tree is "
                            + (replica(machine, p).repair().treeReady() ? "ready" : "not ready")
                            + "; exchanges under way there: "
                            + core(machine).repair().report().running());
                }
            }
        }
        return Optional.empty();
    }

    /** The first difference between two replicas of a partition, by their trees and by what their indexes hold. */
    Optional<String> difference() {
        if (!allUp()) {
            return Optional.of("a machine is not up");
        }
        for (int p = 0; p < SimCluster.PARTITIONS; p++) {
            List<SimMachine> holders = holders(p);
            for (SimMachine machine : holders) {
                if (!replica(machine, p).repair().treeReady()) {
                    return Optional.of("partition " + p + ": " + machine.name + " has no tree yet");
                }
            }
            for (int i = 1; i < holders.size(); i++) {
                Optional<String> difference = difference(p, holders.getFirst(), holders.get(i));
                if (difference.isPresent()) {
                    return difference;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> difference(int partition, SimMachine one, SimMachine other) {
        TreeMap<Key, Long> left = contents(one, partition);
        TreeMap<Key, Long> right = contents(other, partition);
        boolean roots = replica(one, partition).repair().tree().root()
                == replica(other, partition).repair().tree().root();
        if (roots && left.equals(right)) {
            return Optional.empty();
        }
        TreeMap<Key, Long> all = new TreeMap<>(left);
        all.putAll(right);
        String where = all.keySet().stream()
                .filter(key -> !Objects.equals(left.get(key), right.get(key)))
                .map(Key::toString)
                .findFirst()
                .orElse("the tree's root alone");
        return Optional.of("partition " + partition + ": " + one.name + " and " + other.name + " differ in " + where);
    }

    private TreeMap<Key, Long> contents(SimMachine machine, int partition) {
        TreeMap<Key, Long> contents = new TreeMap<>();
        rows(machine, partition)
                .forEach(row -> contents.put(
                        row.key(), RecordCodec.decodeMeta(row.meta()).digest()));
        return contents;
    }

    private List<Row> rows(SimMachine machine, int partition) {
        NodeCore core = core(machine);
        SimLoop loop = (SimLoop) core.loops().get(partition % core.loops().size());
        return loop.seen(() -> core.store().scan(partition, Optional.empty(), MANY)) instanceof Scan.Page page
                ? page.rows()
                : List.of();
    }

    /** A key of which some replica holds tombstones and nothing else. */
    Optional<String> tombstone() {
        if (!allUp()) {
            return Optional.of("a machine is not up");
        }
        for (int p = 0; p < SimCluster.PARTITIONS; p++) {
            for (SimMachine machine : holders(p)) {
                for (Row row : rows(machine, p)) {
                    RecordMeta meta = RecordCodec.decodeMeta(row.meta());
                    boolean gone = meta.siblings().stream()
                            .allMatch(sibling -> sibling.tombstone() || sibling.expiryMillis() > 0);
                    if (gone) {
                        return Optional.of(row.key() + " on " + machine.name);
                    }
                }
            }
        }
        return Optional.empty();
    }

    void repairNow() {
        if (allUp()) {
            cluster.serving().forEach(machine -> core(machine).repair().repairNow(_ -> true, false));
        }
    }

    private List<SimMachine> holders(int partition) {
        List<SimMachine> serving = cluster.serving();
        Ring ring = Objects.requireNonNull(core(serving.getFirst()).keeper().current());
        List<String> stores =
                ring.replicas(partition).stream().map(Member::getStoreId).toList();
        return serving.stream()
                .filter(machine ->
                        stores.contains(core(machine).store().identity().storeIdText()))
                .toList();
    }

    private PartitionReplica replica(SimMachine machine, int partition) {
        return core(machine).replicas().get(partition);
    }

    private static NodeCore core(SimMachine machine) {
        return Objects.requireNonNull(machine.core(), machine.name);
    }
}
