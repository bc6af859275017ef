package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.PowerCut;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One directory through many power cuts: writers append ever greater versions of a few keys, readers look, stamps are drawn from
 * reservations, and at some I/O call the power goes. After each start everything is compared with what was promised.
 */
final class PowerCutRun {
    private static final int KEYS = 24;
    private static final int RESERVED = 256;

    /** So that many cuts fall into compaction. */
    private static final CompactionBounds EAGER = new CompactionBounds(80, 1L << 30);

    private final long seed;
    private final SplittableRandom random;
    private final Durability durability;
    private SimulatedDisk disk;
    private SimulatedStore node;
    private int cuts;
    private int starts;
    private int copied;
    private int cut;
    private long compacted;

    /** Versions by key. */
    private final Map<Integer, Promise> promises = new HashMap<>();

    private final Set<Stamp> given = new HashSet<>();
    private long reserved;
    private long reservationAcknowledged;
    private long nextStamp;
    private long reportedLsn;
    private int incarnation;
    private boolean incarnationWasUsed;

    private record Stamp(int incarnation, long hlc) {}

    private static final class Promise {
        private int issued;
        private int acknowledgedOrShown;
    }

    /** A promise was broken. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Broken(String what) {
            super(what);
        }
    }

    PowerCutRun(long seed, Durability durability) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.durability = durability;
        this.disk = new SimulatedDisk(random.split());
    }

    void removeTheLogsFsync() {
        disk.ignoreForceOf(SegmentFile.DIRECTORY);
    }

    int cuts() {
        return cuts;
    }

    long segmentsCompacted() {
        return compacted;
    }

    int recoveriesThatCopied() {
        return copied;
    }

    int recoveriesThatCut() {
        return cut;
    }

    /** What was broken within this many cuts. */
    Optional<String> until(int maxCuts) {
        try {
            while (cuts < maxCuts) {
                life();
            }
            return Optional.empty();
        } catch (Broken broken) {
            return Optional.of("after " + cuts + " cuts: " + broken.getMessage());
        }
    }

    private void life() {
        if (random.nextBoolean()) {
            disk.cutAtTornWrite(1 + random.nextInt(20));
        } else {
            disk.cutAfter(random.nextInt(random.nextInt(3) == 0 ? 60 : 400));
        }
        try {
            start();
            check();
            if (random.nextInt(4) == 0) {
                throw new PowerCut();
            }
            work();
        } catch (PowerCut gone) {
            cuts++;
            disk = disk.afterPowerCut();
        }
    }

    private void start() {
        try {
            node = SimulatedStore.open(
                    seed * 1_000 + starts, disk, "boot-" + cuts, SimulatedStore.config(durability, EAGER));
        } catch (StoreException refused) {
            throw new Broken("start refused: " + refused.getMessage());
        }
        starts++;
        RecoveryReport report = node.store.recovery();
        copied += report.tailRecords() > 0 ? 1 : 0;
        cut += report.tailLost() ? 1 : 0;
        int now = node.store.identity().incarnation();
        if (now < incarnation || (incarnationWasUsed && !report.clean() && now == incarnation)) {
            throw new Broken("incarnation " + now + " after " + incarnation);
        }
        incarnationWasUsed = now == incarnation && incarnationWasUsed;
        incarnation = now;
        if (node.store.report().durableLsn() < reportedLsn) {
            throw new Broken("durable LSN " + node.store.report().durableLsn() + " after " + reportedLsn);
        }
        if (node.store.hlcFloor() < reservationAcknowledged) {
            throw new Broken("HLC floor " + node.store.hlcFloor() + " below reservation " + reservationAcknowledged);
        }
        nextStamp = node.store.hlcFloor() + 1;
        reserved = node.store.hlcFloor();
        node.awaitReady();
        if (durability instanceof Durability.Fsync && node.store.report().suspectPartitions() > 0) {
            throw new Broken("suspect partitions without corruption");
        }
    }

    private void check() {
        for (int key = 0; key < KEYS; key++) {
            Promise promise = promises.computeIfAbsent(key, absent -> new Promise());
            int found = look(key);
            if (found < promise.acknowledgedOrShown) {
                throw new Broken("key " + key + ": version " + found + " after " + promise.acknowledgedOrShown);
            }
            if (found > promise.issued) {
                throw new Broken("key " + key + ": version " + found + " was never written");
            }
            promise.acknowledgedOrShown = found;
        }
        reportedLsn = Math.max(reportedLsn, node.store.report().durableLsn());
    }

    /** The version that the store shows, 0 for none; its bytes are what was written. */
    private int look(int key) {
        Lookup lookup = node.lookup(key % SimulatedStore.PARTITIONS, name(key));
        if (lookup instanceof Lookup.Absent) {
            return 0;
        }
        if (!(lookup instanceof Lookup.Found found)) {
            throw new Broken("key " + key + ": " + lookup);
        }
        int version = ByteBuffer.wrap(found.meta()).getInt();
        ReadResult read = node.read(key % SimulatedStore.PARTITIONS, name(key), found.at());
        if (read instanceof ReadResult.Gone) {
            return look(key);
        }
        if (!(read instanceof ReadResult.Bytes(byte[] record))
                || !ByteBuffer.wrap(record).equals(value(key, version))) {
            throw new Broken("key " + key + " version " + version + ": " + read);
        }
        return version;
    }

    private void work() {
        List<Integer> pending = new ArrayList<>();
        int operations = 20 + random.nextInt(400);
        for (int i = 0; i < operations; i++) {
            switch (random.nextInt(8)) {
                case 0 -> show(random.nextInt(KEYS));
                case 1 -> node.environment.runFor(random.nextInt(random.nextInt(8) == 0 ? 2_500 : 80) * 1_000_000L);
                case 2 -> reserve();
                default -> {
                    for (int burst = random.nextInt(6); burst >= 0; burst--) {
                        write(random.nextInt(KEYS), pending);
                    }
                }
            }
            if (random.nextInt(3) == 0) {
                node.environment.runUntil(() -> random.nextInt(12) == 0);
            }
            reportedLsn = Math.max(reportedLsn, node.store.report().durableLsn());
        }
        compacted += node.store.report().compaction().rounds();
        if (random.nextInt(4) == 0) {
            node.close();
            reportedLsn = Math.max(reportedLsn, node.store.report().durableLsn());
        } else {
            node.environment.runUntil(pending::isEmpty);
        }
        disk.processEnded();
    }

    private void show(int key) {
        Promise promise = promises.get(key);
        int before = promise.acknowledgedOrShown;
        int shown = look(key);
        if (shown < before) {
            throw new Broken("key " + key + " shows version " + shown + " after " + before);
        }
        promise.acknowledgedOrShown = Math.max(promise.acknowledgedOrShown, shown);
    }

    private void reserve() {
        long upTo = Math.max(reserved, nextStamp) + RESERVED;
        node.store.reserveHlc(upTo, node.loops[0], () -> {
            reserved = Math.max(reserved, upTo);
            reservationAcknowledged = Math.max(reservationAcknowledged, upTo);
        });
    }

    private void write(int key, List<Integer> pending) {
        if (nextStamp > reserved) {
            return;
        }
        Stamp stamp = new Stamp(incarnation, nextStamp++);
        incarnationWasUsed = true;
        if (!given.add(stamp)) {
            throw new Broken(stamp + " was given twice");
        }
        Promise promise = promises.get(key);
        int version = ++promise.issued;
        pending.add(version);
        byte[] meta = ByteBuffer.allocate(4).putInt(version).array();
        int partition = key % SimulatedStore.PARTITIONS;
        node.loop(partition)
                .post(() -> node.store.append(
                        partition, name(key), meta, value(key, version).array(), stamp.hlc, result -> {
                            pending.remove((Integer) version);
                            if (result instanceof AppendResult.Durable(long lsn)) {
                                promise.acknowledgedOrShown = Math.max(promise.acknowledgedOrShown, version);
                            }
                        }));
    }

    private static Key name(int key) {
        return Key.of("key-" + key);
    }

    /** Deterministic bytes of very different lengths: groups of one page and of many. */
    private static ByteBuffer value(int key, int version) {
        SplittableRandom bytes = new SplittableRandom(key * 1_000_003L + version);
        byte[] value = new byte[bytes.nextInt(3) == 0 ? bytes.nextInt(7_000) : bytes.nextInt(300)];
        bytes.nextBytes(value);
        return ByteBuffer.wrap(value);
    }
}
