package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.PowerCut;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One directory through many lives under compaction: hot and cold keys are written, deleted and collected, partitions dropped, hints
 * kept and given up, and the process ends in order, by a kill, or by a power cut at any I/O call. After each start the store is
 * compared with what was promised: nothing lost, nothing that was deleted is back.
 */
final class CompactionRun {
    private static final int HOT = 6;
    private static final int KEYS = 120;
    private static final long[] TARGETS = {0x11, 0x22};

    private final long seed;
    private final SplittableRandom random;
    private final Survivors.Factory rule;
    private SimulatedDisk disk;
    private SimulatedStore node;
    private int lives;
    private int cuts;
    private long segmentsRemoved;
    private long lastRemoved;
    private final Map<Integer, History> histories = new HashMap<>();
    private final Map<Long, Shelf> shelves = new HashMap<>();

    /** Versions of one key ascend; each is a value or a tombstone. */
    private static final class History {
        private int issued;
        private int acknowledged;
        /** Absent is right when this is at least what was acknowledged. */
        private int mayBeGone;
        /** Up to this everything was dropped for certain. */
        private int gone;

        private final TreeSet<Integer> tombstones = new TreeSet<>();
    }

    private static final class Shelf {
        private final TreeMap<Long, String> kept = new TreeMap<>();
        private long doneIssued;
    }

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Broken(String what) {
            super(what);
        }
    }

    CompactionRun(long seed, Survivors.Factory rule) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.rule = rule;
        this.disk = new SimulatedDisk(random.split());
    }

    int cuts() {
        return cuts;
    }

    long segmentsRemoved() {
        return segmentsRemoved;
    }

    /** What was broken within so many lives. */
    Optional<String> until(int maxLives) {
        try {
            while (lives < maxLives) {
                life();
            }
            return Optional.empty();
        } catch (Broken broken) {
            return Optional.of("in life " + lives + ": " + broken.getMessage());
        }
    }

    private void life() {
        if (lives > 0 && random.nextInt(3) > 0) {
            disk.cutAfter(random.nextInt(random.nextInt(3) == 0 ? 100 : 1_500));
        }
        lastRemoved = 0;
        try {
            node = SimulatedStore.ready(
                    seed * 1_000 + lives, disk, "boot-" + cuts, SimulatedStore.config(new Durability.Fsync()), rule);
            if (node.store.report().suspectPartitions() > 0) {
                throw new Broken("suspect partitions without corruption");
            }
            check();
            load();
            work();
            check();
            if (random.nextInt(3) == 0) {
                node.close();
            }
            disk.processEnded();
        } catch (StoreException refused) {
            throw new Broken("start refused: " + refused.getMessage());
        } catch (PowerCut gone) {
            cuts++;
            disk = disk.afterPowerCut();
        }
        lives++;
        segmentsRemoved += lastRemoved;
    }

    /** Segments that stay mostly live: what is deleted of them later is hidden there for long. */
    private void load() {
        for (int key = HOT; lives == 0 && key < KEYS; key++) {
            write(key, false);
            if (key % 20 == 0) {
                node.environment.runFor(10_000_000);
            }
        }
    }

    private void work() {
        for (int step = 40 + random.nextInt(80); step > 0; step--) {
            switch (random.nextInt(14)) {
                case 0 -> node.environment.runFor(random.nextInt(4_000) * 1_000_000L);
                case 1 -> deleteAndCollect(HOT + random.nextInt(KEYS - HOT));
                case 2 -> keep(TARGETS[random.nextInt(2)]);
                case 3 -> giveUp(TARGETS[random.nextInt(2)]);
                case 4 -> drop(random.nextInt(SimulatedStore.PARTITIONS));
                case 5 -> collect(random.nextInt(HOT));
                default -> {
                    for (int burst = random.nextInt(5); burst >= 0; burst--) {
                        write(random.nextInt(HOT), random.nextInt(6) == 0);
                    }
                }
            }
            if (random.nextInt(3) == 0) {
                node.environment.runUntil(() -> random.nextInt(10) == 0);
            }
            lastRemoved = node.store.report().compaction().rounds();
        }
        node.environment.runFor(random.nextInt(3) * 1_500_000_000L);
        lastRemoved = node.store.report().compaction().rounds();
    }

    private static int partition(int key) {
        return key % SimulatedStore.PARTITIONS;
    }

    private History of(int key) {
        return histories.computeIfAbsent(key, absent -> new History());
    }

    private void write(int key, boolean tombstone) {
        History history = of(key);
        int version = ++history.issued;
        if (tombstone) {
            history.tombstones.add(version);
        }
        byte[] meta = ByteBuffer.allocate(4).putInt(version).array();
        byte[] value = tombstone ? new byte[0] : value(key, version);
        node.loop(partition(key))
                .post(() -> node.store.append(partition(key), name(key), meta, value, version, result -> {
                    if (result instanceof AppendResult.Durable) {
                        history.acknowledged = Math.max(history.acknowledged, version);
                    }
                }));
    }

    private void deleteAndCollect(int key) {
        int before = of(key).acknowledged;
        write(key, true);
        node.environment.runFor(20_000_000);
        if (of(key).acknowledged > before) {
            collect(key);
        }
    }

    /** Forgets the key if what it holds is a tombstone. */
    private void collect(int key) {
        History history = of(key);
        node.on(partition(key), () -> {
            if (node.store.lookup(partition(key), name(key)) instanceof Lookup.Found found
                    && history.tombstones.contains(version(found))
                    && node.store.forget(partition(key), name(key), found.at())) {
                history.mayBeGone = Math.max(history.mayBeGone, version(found));
            }
        });
    }

    private void drop(int partition) {
        if (random.nextInt(4) > 0) {
            return;
        }
        Map<Integer, Integer> hidden = new HashMap<>();
        node.loop(partition).post(() -> {
            for (int key = partition; key < KEYS; key += SimulatedStore.PARTITIONS) {
                hidden.put(key, of(key).issued);
            }
            node.store.dropPartition(partition, result -> {
                if (result instanceof AppendResult.Durable) {
                    hidden.forEach((key, version) -> of(key).gone = Math.max(of(key).gone, version));
                }
            });
            hidden.forEach((key, version) -> of(key).mayBeGone = Math.max(of(key).mayBeGone, version));
        });
        node.environment.runUntil(() -> !hidden.isEmpty());
    }

    private Shelf shelf(long target) {
        return shelves.computeIfAbsent(target, absent -> new Shelf());
    }

    private void keep(long target) {
        String text = "hint " + random.nextInt(1_000_000);
        node.store.hints().append(target, 1, Key.of("h"), text.getBytes(), 1, node.loops[0], result -> {
            if (result instanceof HintLog.AppendResult.Kept(long id)) {
                shelf(target).kept.put(id, text);
            }
        });
    }

    private void giveUp(long target) {
        Shelf shelf = shelf(target);
        if (shelf.kept.isEmpty()) {
            return;
        }
        long upTo = random.nextBoolean() ? shelf.kept.firstKey() : shelf.kept.lastKey();
        shelf.doneIssued = Math.max(shelf.doneIssued, upTo);
        node.store
                .hints()
                .done(
                        target,
                        upTo,
                        node.loops[1],
                        () -> shelf.kept.headMap(upTo, true).clear());
    }

    // --- what was promised ---

    private void check() {
        for (int key = 0; key < KEYS; key++) {
            check(key);
        }
        node.environment.runUntil(() -> node.store.hints().report().recovered());
        for (long target : TARGETS) {
            check(target);
        }
    }

    private void check(int key) {
        History history = of(key);
        int shown = shown(key);
        if (shown == 0 && history.mayBeGone < history.acknowledged) {
            throw new Broken("key " + key + " is absent after version " + history.acknowledged);
        }
        if (shown != 0 && (shown < history.acknowledged || shown > history.issued)) {
            throw new Broken("key " + key + " shows version " + shown + " after " + history.acknowledged);
        }
        if (shown != 0 && shown <= history.gone) {
            throw new Broken("key " + key + " shows version " + shown + ", dropped up to " + history.gone);
        }
        history.acknowledged = Math.max(history.acknowledged, shown);
    }

    private int shown(int key) {
        AtomicReference<Integer> answer = new AtomicReference<>();
        node.loop(partition(key)).post(() -> look(key, answer));
        node.environment.runUntil(() -> answer.get() != null);
        return answer.get();
    }

    private void look(int key, AtomicReference<Integer> answer) {
        switch (node.store.lookup(partition(key), name(key))) {
            case Lookup.Absent() -> answer.set(0);
            case Lookup.CannotSay(String why) -> throw new Broken("key " + key + ": " + why);
            case Lookup.Found found ->
                node.store.read(partition(key), name(key), found.at(), read -> {
                    int version = version(found);
                    byte[] expected = of(key).tombstones.contains(version) ? new byte[0] : value(key, version);
                    switch (read) {
                        case ReadResult.Bytes(byte[] record) -> {
                            if (!ByteBuffer.wrap(record).equals(ByteBuffer.wrap(expected))) {
                                throw new Broken("key " + key + " version " + version + " has other bytes");
                            }
                            answer.set(version);
                        }
                        case ReadResult.Gone() -> look(key, answer);
                        case ReadResult.Corrupt(String why) -> throw new Broken("key " + key + ": " + why);
                        case ReadResult.Overloaded() -> throw new Broken("key " + key + ": overloaded");
                    }
                });
        }
    }

    private void check(long target) {
        AtomicReference<HintLog.Page> page = new AtomicReference<>();
        while (page.get() == null) {
            AtomicReference<HintLog.PageResult> result = new AtomicReference<>();
            node.store.hints().page(target, 0, 1_000, node.loops[0], result::set);
            node.environment.runUntil(() -> result.get() != null);
            if (result.get() instanceof HintLog.Page found) {
                page.set(found);
            }
        }
        Map<Long, String> shown = new TreeMap<>();
        page.get().hints().forEach(hint -> shown.put(hint.id(), new String(hint.record())));
        shelf(target).kept.tailMap(shelf(target).doneIssued, false).forEach((id, text) -> {
            if (!text.equals(shown.get(id))) {
                throw new Broken("hint " + id + " shows " + shown.get(id) + " instead of " + text);
            }
        });
        if (!page.get().lost().isEmpty()) {
            throw new Broken("hints are lost");
        }
    }

    private static int version(Lookup.Found found) {
        return ByteBuffer.wrap(found.meta()).getInt();
    }

    private static Key name(int key) {
        return Key.of("key-" + key);
    }

    private static byte[] value(int key, int version) {
        SplittableRandom bytes = new SplittableRandom(key * 1_000_003L + version);
        byte[] value = new byte[key < HOT ? bytes.nextInt(4_000) : 500 + bytes.nextInt(1_000)];
        bytes.nextBytes(value);
        return value;
    }
}
