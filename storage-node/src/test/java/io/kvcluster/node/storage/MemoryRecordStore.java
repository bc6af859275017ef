package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The naive twin: a map. Appends become visible when the owner's loop runs its next turn, as if an fsync lay between, so that
 * what tests of other rooms see pending here is pending there too.
 */
public final class MemoryRecordStore implements RecordStore {
    private record Held(byte[] meta, byte[] record, Location at, long lsn) {}

    private final Loop loop;
    private final Map<Integer, TreeMap<Key, Held>> partitions = new HashMap<>();
    private final Map<Integer, Long> repaired = new HashMap<>();
    private final Map<Integer, Long> copies = new HashMap<>();
    private final Set<Integer> suspects = new HashSet<>();
    private final long hlcFloor;
    private boolean stampsForgotten;
    private long lastLsn;
    /** Set by a test: values come on the loop's next turn, as from a disk. */
    public boolean delayReads;
    /** What the next life would begin above. */
    public long reservedHlc;
    /** Set by a test: every append is refused with it. */
    public Optional<Refusal> refusing = Optional.empty();
    /** Set by a test: every append that is taken is refused with it when its group is to be written. */
    public Optional<Refusal> refusingLater = Optional.empty();

    public MemoryRecordStore(Loop loop, long hlcFloor) {
        this.loop = loop;
        this.hlcFloor = hlcFloor;
        this.reservedHlc = hlcFloor;
    }

    public void suspectAll(int partition) {
        suspects.add(partition);
    }

    private TreeMap<Key, Held> of(int partition) {
        return partitions.computeIfAbsent(partition, p -> new TreeMap<>());
    }

    @Override
    public Lookup lookup(int partition, Key key) {
        Held held = of(partition).get(key);
        return held == null ? new Lookup.Absent() : new Lookup.Found(held.meta, held.at, held.lsn);
    }

    @Override
    public void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        Held held = of(partition).get(key);
        ReadResult result =
                held != null && held.at.equals(at) ? new ReadResult.Bytes(held.record) : new ReadResult.Gone();
        if (delayReads) {
            loop.post(() -> done.accept(result));
        } else {
            done.accept(result);
        }
    }

    @Override
    public void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
        if (refusing.isPresent()) {
            done.accept(new AppendResult.Refused(refusing.get()));
            return;
        }
        if (refusingLater.isPresent()) {
            Refusal why = refusingLater.get();
            loop.post(() -> done.accept(new AppendResult.Refused(why)));
            return;
        }
        long lsn = ++lastLsn;
        loop.post(() -> {
            of(partition).put(key, new Held(meta, record, new Location(1, (int) lsn, record.length), lsn));
            done.accept(new AppendResult.Durable(lsn));
        });
    }

    @Override
    public void forgetsStamps() {
        stampsForgotten = true;
    }

    public boolean stampsForgotten() {
        return stampsForgotten;
    }

    @Override
    public void dropPartition(int partition, Consumer<AppendResult> done) {
        long lsn = ++lastLsn;
        loop.post(() -> {
            partitions.remove(partition);
            done.accept(new AppendResult.Durable(lsn));
        });
    }

    @Override
    public Scan scan(int partition, Optional<Key> after, int limit) {
        var rest = after.map(key -> of(partition).tailMap(key, false)).orElse(of(partition));
        List<Row> rows = rest.entrySet().stream()
                .limit(limit)
                .map(e -> new Row(e.getKey(), e.getValue().meta, e.getValue().at, e.getValue().lsn))
                .toList();
        return new Scan.Page(rows, rows.size() == rest.size());
    }

    @Override
    public long keys(int partition) {
        return of(partition).size();
    }

    @Override
    public boolean forget(int partition, Key key, Location at) {
        Held held = of(partition).get(key);
        boolean lies = held != null && held.at.equals(at);
        if (lies) {
            of(partition).remove(key);
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
        loop.post(() -> {
            copies.merge(partition, move, Math::max);
            caller.post(durable);
        });
    }

    @Override
    public void raiseRepairedUpTo(int partition, long hlc, Loop caller, Runnable durable) {
        loop.post(() -> {
            repaired.merge(partition, hlc, Math::max);
            caller.post(durable);
        });
    }

    @Override
    public boolean suspect(int partition) {
        return suspects.contains(partition);
    }

    @Override
    public void distrust(int partition, Loop caller, Runnable durable) {
        suspects.add(partition);
        caller.post(durable);
    }

    @Override
    public void clearSuspicion(int partition, Loop caller, Runnable durable) {
        suspects.remove(partition);
        caller.post(durable);
    }

    @Override
    public void reserveHlc(long upTo, Loop caller, Runnable then) {
        loop.post(() -> {
            reservedHlc = Math.max(reservedHlc, upTo);
            caller.post(then);
        });
    }

    @Override
    public long hlcFloor() {
        return hlcFloor;
    }
}
