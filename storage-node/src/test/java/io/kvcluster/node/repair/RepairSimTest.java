package io.kvcluster.node.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.repair.RepairCluster.Machine;
import io.kvcluster.node.repair.RepairEvents.ExchangeEnd;
import io.kvcluster.node.storage.HintBounds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whole nodes on virtual time: what a replica missed it gets, and little else travels. */
class RepairSimTest {
    private static final HintBounds NO_HINTS = new HintBounds(1, 1, 1, 1);

    @Test
    void aNodeThatWasDownIsEqualAgainByHints() {
        RepairCluster cluster = new RepairCluster(1, 3).start();
        Machine away = cluster.machine(2);
        cluster.load(cluster.machine(0), "before-", 0, 100, 256);
        cluster.untilEqual(20_000);
        cluster.world.runForMillis(1_000); // what it acknowledged has arrived: only what comes now is missed
        away.kill();
        cluster.load(cluster.machine(0), "missed-", 0, 100, 256);
        cluster.world.runForMillis(3_000);
        assertThat(cluster.counts.hintsStored).isEqualTo(100);
        away.boot();
        cluster.world.runUntil("no hint is left", 20_000, () -> hints(cluster) == 0);
        cluster.untilEqual(10_000);
        assertThat(cluster.counts.hintsReplayed).isEqualTo(100);
        assertThat(away.keys()).isEqualTo(200);
    }

    @Test
    void withoutHintsAnExchangeMovesLittleMoreThanWhatWasMissed() {
        RepairCluster cluster = new RepairCluster(2, 3);
        cluster.hints = NO_HINTS;
        cluster.start();
        Machine first = cluster.machine(0);
        Machine away = cluster.machine(2);
        cluster.load(first, "key-", 0, 600, 1_024);
        cluster.untilEqual(30_000);
        away.kill();
        long missed = cluster.load(first, "key-", 100, 200, 1_024) + cluster.load(first, "new-", 0, 100, 1_024);
        cluster.world.runForMillis(3_000);
        long bytesBefore = cluster.counts.bytes;
        int keysBefore = cluster.counts.keysRepaired;
        away.boot();
        cluster.untilEqual(60_000);
        cluster.world.runForMillis(2_000);
        assertThat(cluster.counts.bytes - bytesBefore).isLessThanOrEqualTo(missed * 3 / 2);
        assertThat(cluster.counts.keysRepaired - keysBefore).isEqualTo(200);
        assertThat(cluster.counts.exchanges).containsKey(ExchangeEnd.REPAIRED);
    }

    /** Hints of two coordinators, both beyond their bound, and the exchanges that make up for the rest bring the same records. */
    @Test
    void hintsAndExchangesThatRunSideBySideMoveLittleTwice() {
        RepairCluster cluster = new RepairCluster(16, 3);
        cluster.hints = new HintBounds(400, 16 << 20, 400, 16 << 20);
        cluster.config = RepairConfigs.slow(256 << 10);
        cluster.start();
        Machine away = cluster.machine(2);
        cluster.load(cluster.machine(0), "key-", 0, 200, 1_024);
        cluster.untilEqual(30_000);
        away.kill();
        long missed = cluster.load(cluster.machine(0), "key-", 100, 700, 1_024)
                + cluster.load(cluster.machine(1), "new-", 0, 600, 1_024);
        cluster.world.runForMillis(3_000);
        assertThat(cluster.counts.hintsStored).isEqualTo(800);
        assertThat(cluster.counts.hintsDropped).isBetween(400, 420);
        long bytesBefore = cluster.counts.bytes;
        away.boot();
        cluster.untilEqual(120_000);
        cluster.world.runUntil("no hint is left", 60_000, () -> hints(cluster) == 0);
        assertThat(cluster.counts.hintsReplayed).isEqualTo(800);
        assertThat((double) (cluster.counts.bytes - bytesBefore) / missed)
                .as("bytes moved of bytes missed")
                .isLessThanOrEqualTo(1.3);
    }

    @Test
    void hintsThatGrewTooOldAreGivenUpForAnExchange() {
        RepairCluster cluster = new RepairCluster(3, 3);
        cluster.config = RepairConfigs.with(Duration.ofMinutes(10), Duration.ofSeconds(10));
        cluster.start();
        Machine away = cluster.machine(2);
        away.kill();
        cluster.load(cluster.machine(0), "missed-", 0, 50, 100);
        cluster.world.runUntil("hints expire", 40_000, () -> cluster.counts.hintsDropped == 50);
        away.boot();
        cluster.untilEqual(20_000);
        assertThat(cluster.counts.hintsReplayed).isZero();
        assertThat(away.keys()).isEqualTo(50);
    }

    /** Nobody restarts, so that nothing but the hints tells what was missed. */
    @Test
    void aHintThatIsDroppedIsNoticed() {
        assertThat(equalAfterAPartition(NodeRules.DESIGNED)).isTrue();
        NodeRules dropsHints = new NodeRules() {
            @Override
            public Repair repair(RepairSetup setup, RepairEvents events) {
                return new Repair(setup, events) {
                    @Override
                    public void missed(int partition, Key key, byte[] record, long hlc, String storeId) {}
                };
            }
        };
        assertThat(equalAfterAPartition(dropsHints)).isFalse();
    }

    private static boolean equalAfterAPartition(NodeRules rules) {
        RepairCluster cluster = new RepairCluster(4, 3);
        cluster.rules = rules;
        cluster.start();
        cluster.world.runForMillis(5_000);
        cluster.network.partition("node-2", "node-0");
        cluster.network.partition("node-2", "node-1");
        cluster.world.runForMillis(5_000);
        cluster.load(cluster.machine(0), "missed-", 0, 20, 100);
        cluster.network.heal("node-2", "node-0");
        cluster.network.heal("node-2", "node-1");
        cluster.world.runForMillis(30_000);
        return cluster.equal();
    }

    @Test
    void tombstonesGoWhenAllReplicasHaveExchangedThem() {
        RepairCluster cluster = new RepairCluster(5, 3);
        cluster.config = RepairConfigs.with(Duration.ofSeconds(5), Duration.ofHours(3));
        cluster.start();
        cluster.load(cluster.machine(0), "key-", 0, 20, 50);
        for (int i = 0; i < 20; i++) {
            cluster.delete(cluster.machine(0), "key-" + i, ConsistencyLevel.QUORUM);
        }
        cluster.world.runUntil("tombstones go", 60_000, () -> cluster.counts.collected == 60);
        cluster.world.runForMillis(2_000);
        assertThat(cluster.machines)
                .allSatisfy(machine -> assertThat(machine.keys()).isZero());
        assertThat(cluster.equal()).isTrue();
    }

    @Test
    void aReplicaThatIsDownHoldsTombstonesBackAndBringsNothingBack() {
        RepairCluster cluster = deletedWhileAway(NodeRules.DESIGNED);
        assertThat(cluster.counts.collected).isZero();
        cluster.machine(2).boot();
        cluster.world.runUntil("tombstones go", 120_000, () -> cluster.counts.collected == 3);
        assertThat(cluster.machines)
                .allSatisfy(machine -> assertThat(machine.local("ghost")).isEmpty());
    }

    @Test
    void tombstonesThatGoByTimerAreNoticed() {
        RepairCluster cluster = deletedWhileAway(ForgetsByTimer.RULES);
        cluster.machine(2).boot();
        cluster.world.runForMillis(20_000);
        assertThat(cluster.machine(2).local("ghost")).as("the delete is undone").contains("alive");
    }

    /** A key that all have is deleted while one is away for a minute. */
    private static RepairCluster deletedWhileAway(NodeRules rules) {
        RepairCluster cluster = new RepairCluster(6, 3);
        cluster.rules = rules;
        cluster.config = RepairConfigs.with(Duration.ofSeconds(5), Duration.ofSeconds(20));
        cluster.start();
        Machine first = cluster.machine(0);
        cluster.put(first, "ghost", "alive".getBytes(StandardCharsets.UTF_8), ConsistencyLevel.ALL);
        cluster.world.runForMillis(10_000);
        cluster.machine(2).kill();
        cluster.world.runForMillis(3_000);
        assertThat(cluster.delete(first, "ghost", ConsistencyLevel.QUORUM)).isInstanceOf(Outcome.Applied.class);
        cluster.world.runForMillis(60_000);
        return cluster;
    }

    @Test
    void aDamagedReplicaAnswersAgainAfterExchangesWithTheOthers() {
        RepairCluster cluster = new RepairCluster(7, 3).start();
        cluster.load(cluster.machine(0), "key-", 0, 300, 512);
        cluster.untilEqual(20_000);
        Machine damaged = cluster.machine(2);
        damaged.kill();
        cluster.damage(damaged);
        damaged.boot();
        cluster.world.runUntil(
                "the damage is found",
                5_000,
                () -> damaged.core().store().report().suspectPartitions() == RepairCluster.PARTITIONS);
        cluster.world.runUntil(
                "it is trusted again",
                60_000,
                () -> damaged.core().store().report().suspectPartitions() == 0);
        cluster.untilEqual(10_000);
        assertThat(cluster.counts.losses).isZero();
        assertThat(damaged.keys()).isEqualTo(300);
    }

    @Test
    void replicasThatAreAllDamagedExchangeAllTheyHaveAndReportPossibleLoss() {
        RepairCluster cluster = new RepairCluster(8, 3).start();
        cluster.load(cluster.machine(0), "key-", 0, 300, 512);
        cluster.untilEqual(20_000);
        cluster.machines.forEach(Machine::kill);
        cluster.machines.forEach(cluster::damage);
        cluster.machines.forEach(Machine::boot);
        cluster.world.runUntil(
                "the damage is found",
                5_000,
                () -> cluster.machines.stream()
                        .allMatch(machine -> machine.core().store().report().suspectPartitions() > 0));
        cluster.world.runUntil(
                "all are trusted again",
                120_000,
                () -> cluster.machines.stream()
                        .allMatch(machine -> machine.core().store().report().suspectPartitions() == 0));
        cluster.untilEqual(30_000);
        assertThat(cluster.counts.losses).isPositive();
    }

    @Test
    void aRecordWhoseBytesWentBadIsFetchedFromAnotherReplica() {
        RepairCluster cluster = new RepairCluster(9, 3);
        cluster.cacheBytes = 0;
        cluster.start();
        cluster.put(
                cluster.machine(0), "key", "x".repeat(9_000).getBytes(StandardCharsets.UTF_8), ConsistencyLevel.ALL);
        Machine damaged = cluster.machine(2);
        cluster.world.runForMillis(2_000);
        damageLongValue(cluster, damaged);
        assertThat(cluster.run(
                        damaged, new Command.Get(Key.of("key"), ConsistencyLevel.LOCAL, cluster.deadline(), "", false)))
                .isInstanceOf(Outcome.NotApplied.class);
        cluster.world.runUntil("it is written again", 10_000, () -> cluster.counts.corruptRepaired == 1);
        assertThat(damaged.local("key")).contains("x".repeat(9_000));
    }

    /** A byte of each copy of the value of thousands of x on its disk. */
    private static void damageLongValue(RepairCluster cluster, Machine machine) {
        for (String segment : cluster.segments(machine)) {
            int at = new String(machine.disk.content(segment), StandardCharsets.ISO_8859_1).indexOf("x".repeat(100));
            if (at >= 0) {
                machine.disk.flip(segment, at + 5_000, 1);
            }
        }
    }

    /** Written at level local while the others were away, then damaged: it is lost, and nobody else waits for it for ever. */
    @Test
    void aDamagedRecordThatNobodyElseHasIsGivenUpAndToldAsAPossibleLoss() {
        RepairCluster cluster = new RepairCluster(17, 3);
        cluster.hints = NO_HINTS;
        cluster.cacheBytes = 0;
        cluster.start();
        Machine damaged = cluster.machine(2);
        cluster.machine(0).kill();
        cluster.machine(1).kill();
        cluster.put(damaged, "key", "x".repeat(9_000).getBytes(StandardCharsets.UTF_8), ConsistencyLevel.LOCAL);
        cluster.world.runForMillis(2_000);
        damageLongValue(cluster, damaged);
        assertThat(damaged.local("key").orElseThrow()).startsWith("NotApplied");
        cluster.world.runForMillis(20_000);
        assertThat(cluster.counts.damagedLost).as("who is away may have it").isZero();

        cluster.machine(0).boot();
        cluster.machine(1).boot();
        cluster.world.runUntil("the loss is told", 60_000, () -> cluster.counts.damagedLost == 1);
        cluster.untilEqual(30_000);
        assertThat(cluster.counts.corruptRepaired).isZero();
        assertThat(damaged.local("key")).isEmpty();
        assertThat(cluster.put(damaged, "key", new byte[] {'y'}, ConsistencyLevel.ALL))
                .isInstanceOf(Outcome.Applied.class);
        cluster.world.runForMillis(2_000);
        assertThat(cluster.machine(0).local("key")).contains("y");
    }

    /** What the cache shows may be right while the disk is not. */
    @Test
    void aFullRepairReadsEverythingBackAndHasFetchedWhatIsDamaged() {
        RepairCluster cluster = new RepairCluster(12, 3).start();
        cluster.load(cluster.machine(0), "key-", 0, 300, 600);
        cluster.untilEqual(20_000);
        Machine damaged = cluster.machine(2);
        String segment = cluster.segments(damaged).getFirst();
        damaged.disk.flip(segment, 20_000, 3);
        damaged.disk.flip(segment, 30_000, 3);
        cluster.world.runForMillis(5_000);
        assertThat(cluster.counts.corruptRepaired).as("nobody has met it").isZero();

        damaged.core().repair().repairNow(partition -> true, true);
        cluster.world.runUntil("it is written again", 20_000, () -> cluster.counts.corruptRepaired == 2);
        cluster.world.runUntil("the scrub ends", 20_000, () -> scrub(damaged).endedMillis() > 0);
        cluster.untilEqual(10_000);
        assertThat(cluster.counts.scrubbed).isEqualTo(300);
        assertThat(cluster.counts.scrubbedDamaged).isEqualTo(2);
        assertThat(scrub(damaged).done()).isEqualTo(RepairCluster.PARTITIONS);
        assertThat(scrub(damaged).left()).isZero();

        damaged.core().repair().repairNow(partition -> true, true);
        cluster.world.runUntil("all is read again", 20_000, () -> cluster.counts.scrubbed == 600);
        assertThat(cluster.counts.scrubbedDamaged).as("and is whole").isEqualTo(2);
    }

    /** Most of what is held is damaged and nobody can give it: what was found stays bounded, and is fetched when somebody is back. */
    @Test
    void aFullRepairFindsNoMoreThanItCanRemember() {
        RepairCluster cluster = new RepairCluster(13, 3).start();
        cluster.load(cluster.machine(0), "key-", 0, 12_000, 20);
        cluster.untilEqual(60_000);
        Machine damaged = cluster.machine(2);
        for (String segment : cluster.segments(damaged)) {
            byte[] content = damaged.disk.content(segment);
            for (int at = 4_096; at < content.length; at += 80) {
                damaged.disk.flip(segment, at, 1);
            }
        }
        cluster.machine(0).kill();
        cluster.machine(1).kill();
        cluster.world.runForMillis(5_000);
        assertThat(described(cluster, damaged).getFirst().keys()).isGreaterThan(1_300);
        damaged.core().repair().repairNow(partition -> partition == 0, true);
        cluster.world.runForMillis(30_000);
        int found = cluster.counts.scrubbedDamaged;
        assertThat(found).isBetween(700, 1_024);
        assertThat(cluster.counts.corruptRepaired).isZero();
        cluster.machine(0).boot();
        cluster.machine(1).boot();
        cluster.world.runUntil("it is written again", 60_000, () -> cluster.counts.corruptRepaired == found);
    }

    @Test
    void aFullRepairThatIsCancelledEndsAndCanBeAskedForAgain() {
        RepairCluster cluster = new RepairCluster(14, 3);
        cluster.config = RepairConfigs.scrubbing(64 << 10);
        cluster.start();
        cluster.load(cluster.machine(0), "key-", 0, 400, 1_000);
        cluster.untilEqual(20_000);
        Machine machine = cluster.machine(1);
        long began = cluster.world.nanos();
        machine.core().repair().repairNow(partition -> true, true);
        cluster.world.runForMillis(1_000);
        assertThat(scrub(machine).left()).isPositive();
        machine.core().repair().cancel();
        cluster.world.runUntil("it ends", 2_000, () -> scrub(machine).endedMillis() > 0);
        assertThat(scrub(machine).done()).isLessThan(RepairCluster.PARTITIONS);
        machine.core().repair().repairNow(partition -> true, true);
        cluster.world.runUntil("the next is whole", 60_000, () -> scrub(machine).done() == RepairCluster.PARTITIONS);
        assertThat((cluster.world.nanos() - began) / 1e9)
                .as("400 KB at 64 KiB a second on each of two loops")
                .isGreaterThan(2.5);
    }

    @Test
    void whatIsAskedForIsToldAtOnce() {
        RepairCluster cluster = new RepairCluster(15, 3).start();
        cluster.load(cluster.machine(0), "key-", 0, 50, 100);
        cluster.untilEqual(20_000);
        Machine machine = cluster.machine(1);
        cluster.world.runUntil("nothing is due", 60_000, () -> dirty(cluster, machine) == 0);
        machine.core().repair().repairNow(partition -> partition < 3, false);
        assertThat(dirty(cluster, machine)).isEqualTo(3 * 2);
        cluster.world.runUntil("all are exchanged", 20_000, () -> dirty(cluster, machine) == 0);
        assertThat(described(cluster, machine))
                .hasSize(RepairCluster.PARTITIONS)
                .allSatisfy(partition -> {
                    assertThat(partition.tree()).isTrue();
                    assertThat(partition.root())
                            .isEqualTo(cluster.machine(0).roots().get(partition.partition()));
                    assertThat(partition.pairs()).hasSize(2);
                });
    }

    private static java.util.List<PartitionReport> described(RepairCluster cluster, Machine machine) {
        java.util.List<PartitionReport> told = new java.util.ArrayList<>();
        machine.core().repair().describe(told::addAll);
        cluster.world.runUntil("it is told", 1_000, () -> !told.isEmpty());
        return told;
    }

    private static long dirty(RepairCluster cluster, Machine machine) {
        return described(cluster, machine).stream()
                .flatMap(partition -> partition.pairs().stream())
                .filter(pair -> pair.dirty() || pair.running())
                .count();
    }

    private static ScrubReport scrub(Machine machine) {
        return machine.core().repair().report().scrub();
    }

    @Test
    void aReplicaWhoseWatermarkWasPassedIsEmptiedAndCopied() {
        RepairCluster cluster = new RepairCluster(10, 3).start();
        Machine away = cluster.machine(2);
        cluster.put(cluster.machine(0), "ghost", "alive".getBytes(StandardCharsets.UTF_8), ConsistencyLevel.ALL);
        cluster.load(cluster.machine(0), "key-", 0, 50, 100);
        cluster.untilEqual(20_000);
        away.kill();
        cluster.world.runForMillis(10_000);
        cluster.delete(cluster.machine(0), "ghost", ConsistencyLevel.QUORUM);
        cluster.world.runForMillis(10_000);
        // as after a time in which the ring did not name the store: the others need not wait for it
        for (Machine machine : java.util.List.of(cluster.machine(0), cluster.machine(1))) {
            for (var replica : machine.core().replicas()) {
                replica.repair().loop().post(() -> {
                    replica.repair().raiseRepairedUpTo(replica.repair().now() - (2_000L << 16), () -> {});
                    replica.repair()
                            .loop()
                            .after(1_000_000_000, () -> replica.repair().collect(java.util.Optional.empty(), 1_000));
                });
            }
        }
        cluster.world.runForMillis(5_000);
        assertThat(cluster.machine(0).keys()).isEqualTo(50);
        away.boot();
        cluster.world.runUntil(
                "it doubts itself", 5_000, () -> away.core().store().report().suspectPartitions() > 0);
        cluster.world.runUntil(
                "it is trusted again",
                60_000,
                () -> away.core().store().report().suspectPartitions() == 0);
        cluster.untilEqual(10_000);
        assertThat(away.local("ghost")).isEmpty();
        assertThat(away.keys()).isEqualTo(50);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(eventsOf(11)).isEqualTo(eventsOf(11));
    }

    private static long eventsOf(long seed) {
        RepairCluster cluster = new RepairCluster(seed, 3);
        cluster.hints = NO_HINTS;
        cluster.start();
        cluster.machine(2).kill();
        cluster.load(cluster.machine(0), "key-", 0, 50, 100);
        cluster.machine(2).boot();
        cluster.untilEqual(30_000);
        return cluster.world.executed();
    }

    @Test
    void settingsOutOfBoundsAreNamed() {
        assertThatThrownBy(() -> RepairConfigs.with(Duration.ZERO, Duration.ofHours(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("repair.interval PT0S: must be more than nothing");
    }

    private static long hints(RepairCluster cluster) {
        return cluster.machines.stream()
                .mapToLong(machine -> machine.core().store().hints().report().hints())
                .sum();
    }
}
