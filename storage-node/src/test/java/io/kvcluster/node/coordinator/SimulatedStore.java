package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.Location;
import io.kvcluster.node.storage.RecordStore;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A store on a simulated disk: appends become durable in order, some milliseconds later. A crash keeps what was durable and
 * a random number of the appends that were on their way (a process that dies leaves its writes in the page cache).
 */
final class SimulatedStore {
    private record Held(byte[] meta, byte[] record, Location at) {}

    private record Append(int partition, Key key, Held held, long reservation, Runnable done) {}

    private final Map<Integer, Map<Key, Held>> durable = new HashMap<>();
    private final ArrayDeque<Append> onTheWay = new ArrayDeque<>();
    private final VirtualTime time;
    private final RandomGenerator random;
    private long lsn;
    private long diskBusyUntil;
    private long reserved;
    private final Map<Integer, Long> repaired = new HashMap<>();
    private final Map<Integer, Long> copies = new HashMap<>();

    SimulatedStore(VirtualTime time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    /** What the next incarnation finds. */
    void crash() {
        int kept = random.nextInt(onTheWay.size() + 1);
        for (int i = 0; i < kept; i++) {
            apply(onTheWay.poll());
        }
        onTheWay.clear();
        diskBusyUntil = time.now();
    }

    private void apply(Append append) {
        if (append.held() != null) {
            durable.computeIfAbsent(append.partition(), _ -> new HashMap<>()).put(append.key(), append.held());
        }
        reserved = Math.max(reserved, append.reservation());
    }

    /** The process's way to the disk; {@code loop} forgets what a dead process waits for. */
    RecordStore openedBy(Loop loop) {
        return new Opened(loop);
    }

    private void enqueue(Append append, Loop loop) {
        onTheWay.add(append);
        diskBusyUntil = Math.max(diskBusyUntil, time.now()) + 50_000 + random.nextInt(2_000_000);
        time.at(diskBusyUntil, () -> {
            if (onTheWay.peek() == append) {
                apply(onTheWay.poll());
                loop.post(append.done());
            }
        });
    }

    private final class Opened implements RecordStore {
        private final Loop loop;
        private final long floor = reserved;
        /** Durable and told; a version that is durable but not yet told to its process is not shown. */
        private final Map<Integer, Map<Key, Held>> shown = new HashMap<>();

        Opened(Loop loop) {
            this.loop = loop;
            durable.forEach((partition, keys) -> shown.put(partition, new HashMap<>(keys)));
        }

        @Override
        public Lookup lookup(int partition, Key key) {
            Held held = shown.getOrDefault(partition, Map.of()).get(key);
            return held == null ? new Lookup.Absent() : new Lookup.Found(held.meta(), held.at(), 0);
        }

        @Override
        public void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
            Held held = shown.getOrDefault(partition, Map.of()).get(key);
            ReadResult result =
                    held != null && held.at().equals(at) ? new ReadResult.Bytes(held.record()) : new ReadResult.Gone();
            if (random.nextBoolean()) {
                done.accept(result);
            } else {
                loop.after(random.nextInt(300_000), () -> done.accept(result));
            }
        }

        @Override
        public void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
            long mine = ++lsn;
            Held held = new Held(meta, record, new Location(1, (int) mine, record.length));
            enqueue(
                    new Append(partition, key, held, 0, () -> {
                        shown.computeIfAbsent(partition, _ -> new HashMap<>()).put(key, held);
                        done.accept(new AppendResult.Durable(mine));
                    }),
                    loop);
        }

        @Override
        public void reserveHlc(long upTo, Loop caller, Runnable then) {
            enqueue(new Append(0, null, null, upTo, then), loop);
        }

        @Override
        public long hlcFloor() {
            return floor;
        }

        @Override
        public boolean forget(int partition, Key key, Location at) {
            Map<Key, Held> keys = shown.getOrDefault(partition, Map.of());
            Held held = keys.get(key);
            boolean lies = held != null && held.at().equals(at);
            if (lies) {
                keys.remove(key);
                durable.get(partition).remove(key, held);
            }
            return lies;
        }

        @Override
        public long repairedUpTo(int partition) {
            return repaired.getOrDefault(partition, 0L);
        }

        @Override
        public long copyBegun(int partition) {
            return copies.getOrDefault(partition, 0L);
        }

        @Override
        public void beginCopy(int partition, long move, Loop caller, Runnable durable) {
            enqueue(
                    new Append(0, null, null, 0, () -> {
                        copies.merge(partition, move, Math::max);
                        caller.post(durable);
                    }),
                    loop);
        }

        @Override
        public void raiseRepairedUpTo(int partition, long hlc, Loop caller, Runnable durable) {
            enqueue(
                    new Append(0, null, null, 0, () -> {
                        repaired.merge(partition, hlc, Math::max);
                        caller.post(durable);
                    }),
                    loop);
        }

        @Override
        public boolean suspect(int partition) {
            return false;
        }

        @Override
        public void distrust(int partition, Loop caller, Runnable durable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void clearSuspicion(int partition, Loop caller, Runnable durable) {
            caller.post(durable);
        }

        @Override
        public void forgetsStamps() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dropPartition(int partition, Consumer<AppendResult> done) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Scan scan(int partition, Optional<Key> after, int limit) {
            return new Scan.Page(List.of(), true);
        }

        @Override
        public long keys(int partition) {
            return shown.getOrDefault(partition, Map.of()).size();
        }
    }
}
