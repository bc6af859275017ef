package io.kvcluster.node;

import io.kvcluster.node.admin.NodeAdminService.Repairs;
import io.kvcluster.node.repair.PartitionReport;
import io.kvcluster.node.repair.RepairReport;
import io.kvcluster.node.repair.ScrubReport;
import io.kvcluster.node.rpc.RepairAccess;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.node.telemetry.NodeGauges;
import io.kvcluster.node.telemetry.RepairMetrics;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.PartitionRepair;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.repair.RepairStatus;
import io.kvcluster.proto.repair.ScrubStatus;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What people, the operator and scrapes ask of repair, checked and told. Shut until {@link #of} joined it to the rooms. Any thread. */
final class RepairDoor implements Repairs, RepairAccess {
    private final String node;
    private final int partitions;
    private final Clock clock;
    private final RepairMetrics metrics;
    private volatile @Nullable NodeCore core;

    RepairDoor(String node, int partitions, Clock clock, RepairMetrics metrics) {
        this.node = node;
        this.partitions = partitions;
        this.clock = clock;
        this.metrics = metrics;
    }

    void of(NodeCore made) {
        core = made;
    }

    private NodeCore core() {
        NodeCore made = core;
        if (made == null) {
            throw new IllegalStateException("the rooms are not wired yet");
        }
        return made;
    }

    @Override
    public RepairResponse ask(RepairRequest request) {
        if (request.getPartitionsCount() > partitions) {
            return refused("partitions has " + request.getPartitionsCount() + " entries, more than " + partitions);
        }
        Set<Integer> chosen = new TreeSet<>();
        for (int partition : request.getPartitionsList()) {
            if (partition < 0 || partition >= partitions) {
                return refused("partitions names " + Integer.toUnsignedString(partition) + ": 0.." + (partitions - 1)
                        + " is allowed");
            }
            chosen.add(partition);
        }
        if (request.getCancel() && request.getFull()) {
            return refused("cancel and full are both true: one of them is allowed");
        }
        if (request.getCancel()) {
            core().repair().cancel();
            return RepairResponse.getDefaultInstance();
        }
        core().repair().repairNow(partition -> chosen.isEmpty() || chosen.contains(partition), request.getFull());
        return RepairResponse.newBuilder()
                .setPartitions(chosen.isEmpty() ? partitions : chosen.size())
                .build();
    }

    private static RepairResponse refused(String why) {
        return RepairResponse.newBuilder().setRefused(why).build();
    }

    @Override
    public void tell(GetRepairRequest request, Consumer<GetRepairResponse> done) {
        NodeCore made = core();
        GetRepairResponse.Builder response = GetRepairResponse.newBuilder()
                .setNode(node)
                .setStoreId(made.store().identity().storeIdText())
                .setRepair(status());
        if (!request.getWithPartitions()) {
            done.accept(response.build());
            return;
        }
        made.repair().describe(reports -> {
            reports.forEach(report -> response.addPartitions(encode(report)));
            done.accept(response.setRepair(status()).build());
        });
    }

    private static PartitionRepair encode(PartitionReport report) {
        PartitionRepair.Builder partition = PartitionRepair.newBuilder()
                .setPartition(report.partition())
                .setKeys(report.keys())
                .setTombstones(report.tombstones())
                .setTree(report.tree())
                .setRoot(report.root())
                .setRepairedUpToEpochMillis(report.repairedUpToMillis())
                .setSuspect(report.suspect())
                .setScrubbing(report.scrubbing())
                .setDamagedRecords(report.damaged());
        for (PartitionReport.WithStore pair : report.pairs()) {
            partition.addPairs(PartitionRepair.Pair.newBuilder()
                    .setStoreId(pair.storeId())
                    .setDirty(pair.dirty())
                    .setRunning(pair.running())
                    .setLastExchangeEpochMillis(pair.lastMillis()));
        }
        return partition.build();
    }

    RepairStatus status() {
        NodeCore made = core();
        RepairReport report = made.repair().report();
        HintLog.Report hints = made.store().hints().report();
        RepairMetrics.Totals totals = metrics.totals();
        RepairStatus.Builder status = RepairStatus.newBuilder()
                .setPartitions(report.partitions())
                .setTrees(report.trees())
                .setDirtyPairs(report.dirtyPairs())
                .setTombstones(report.tombstones())
                .setOldestExchangeEpochMillis(report.oldestExchangeMillis())
                .setSuspectPartitions(made.store().report().suspectPartitions())
                .setRepairedUpToEpochMillis(report.repairedUpToMillis())
                .setHints(hints.hints())
                .setHintBytes(hints.bytes())
                .setOldestHintEpochMillis(oldestHintMillis(hints))
                .setHintsReplayed(totals.hintsReplayed())
                .setExchangesEqual(totals.exchangesEqual())
                .setExchangesRepaired(totals.exchangesRepaired())
                .setExchangesFailed(totals.exchangesFailed())
                .setKeysRepaired(totals.keysRepaired())
                .setBytesMoved(totals.bytesMoved())
                .setDamagedRecords(report.damaged())
                .setDamagedRepaired(totals.corruptRepaired())
                .setScrub(encode(report.scrub()));
        for (RepairReport.Running running : report.running()) {
            status.addRunning(RepairStatus.Running.newBuilder()
                    .setPartition(running.partition())
                    .setStoreId(running.storeId())
                    .setSinceEpochMillis(running.sinceMillis()));
        }
        return status.build();
    }

    private static ScrubStatus encode(ScrubReport scrub) {
        return ScrubStatus.newBuilder()
                .setPartitionsLeft(scrub.left())
                .setPartitionsDone(scrub.done())
                .setRecords(scrub.records())
                .setBytes(scrub.bytes())
                .setDamaged(scrub.damaged())
                .setStartedEpochMillis(scrub.startedMillis())
                .setEndedEpochMillis(scrub.endedMillis())
                .build();
    }

    /** Since 1970; 0 without hints. */
    private static long oldestHintMillis(HintLog.Report hints) {
        return hints.targets().values().stream()
                .filter(target -> target.hints() > 0)
                .mapToLong(target -> Hlc.millis(target.oldestHlc()))
                .min()
                .orElse(0);
    }

    NodeGauges.RepairState state() {
        RepairReport report = core().repair().report();
        return new NodeGauges.RepairState(
                ageSeconds(oldestHintMillis(core().store().hints().report())),
                report.dirtyPairs(),
                core().store().report().suspectPartitions(),
                report.damaged(),
                ageSeconds(report.repairedUpToMillis()),
                report.scrub().left(),
                report.tombstones());
    }

    /** @param millis since 1970; 0 for never, which has no age */
    private long ageSeconds(long millis) {
        return millis == 0 ? 0 : Math.max(0, clock.wallMillis() - millis) / 1_000;
    }
}
