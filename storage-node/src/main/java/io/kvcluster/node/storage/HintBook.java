package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which hints are kept and where they lie. Ids are LSNs. Of each target a prefix is done: whatever order the log is read in, what
 * counts is the greatest prefix that any record names. One owner: a worker while the log is read, then the log's loop.
 */
final class HintBook implements LogVisitor {
    private final Map<Long, Shelf> shelves = new TreeMap<>();
    private final Map<Integer, Long> liveBytes = new TreeMap<>();
    private long hints;
    private long bytes;

    /** A hint. */
    record Kept(int partition, long hlc, Location at) {
        int bytes() {
            return LogFormat.pad(at.length());
        }
    }

    /** What is kept for one target; what is on its way into the log counts too. */
    private static final class Shelf {
        private final TreeMap<Long, Kept> kept = new TreeMap<>();
        private long doneUpTo;
        private long hints;
        private long bytes;
    }

    private Shelf of(long target) {
        return shelves.computeIfAbsent(target, absent -> new Shelf());
    }

    /** Counts a hint that is about to be written; or names the bound that it would pass. */
    Optional<String> reserve(long target, int size, HintBounds bounds) {
        Shelf shelf = of(target);
        String full = shelf.hints >= bounds.targetHints()
                ? "targetHints " + bounds.targetHints()
                : shelf.bytes + size > bounds.targetBytes()
                        ? "targetBytes " + bounds.targetBytes()
                        : hints >= bounds.totalHints()
                                ? "totalHints " + bounds.totalHints()
                                : bytes + size > bounds.totalBytes() ? "totalBytes " + bounds.totalBytes() : "";
        if (full.isEmpty()) {
            count(shelf, 1, size);
        }
        return full.isEmpty() ? Optional.empty() : Optional.of(full);
    }

    /** It was not written. */
    void release(long target, int size) {
        count(of(target), -1, -size);
    }

    private void count(Shelf shelf, int number, int size) {
        shelf.hints += number;
        shelf.bytes += size;
        hints += number;
        bytes += size;
    }

    /** A hint that was reserved is durable. */
    void written(long target, long id, Kept hint) {
        of(target).kept.put(id, hint);
        live(hint, 1);
    }

    private void live(Kept hint, int sign) {
        liveBytes.merge(hint.at.segment(), (long) sign * hint.bytes(), Long::sum);
    }

    @Override
    public void record(int partition, long lsn, Location at, Key key, byte[] meta) {}

    @Override
    public void dropped(int partition, long lsn) {}

    @Override
    public void hint(long target, int partition, long lsn, long hlc, Location at) {
        Shelf shelf = of(target);
        Kept hint = new Kept(partition, hlc, at);
        if (lsn > shelf.doneUpTo && shelf.kept.putIfAbsent(lsn, hint) == null) {
            count(shelf, 1, hint.bytes());
            live(hint, 1);
        }
    }

    @Override
    public void hintDone(long target, long upTo, long lsn) {
        Shelf shelf = of(target);
        long prefix = Math.min(upTo, lsn - 1);
        if (prefix <= shelf.doneUpTo) {
            return;
        }
        shelf.doneUpTo = prefix;
        NavigableMap<Long, Kept> done = shelf.kept.headMap(prefix, true);
        for (Kept hint : done.values()) {
            count(shelf, -1, -hint.bytes());
            live(hint, -1);
        }
        done.clear();
    }

    /** Takes in what a worker found in the log. */
    void add(HintBook found) {
        found.shelves.forEach((target, shelf) -> {
            hintDone(target, shelf.doneUpTo, Long.MAX_VALUE);
            shelf.kept.forEach((id, hint) -> hint(target, hint.partition, id, hint.hlc, hint.at));
        });
    }

    /** With ids above {@code after}, in order. */
    NavigableMap<Long, Kept> after(long target, long after) {
        Shelf shelf = shelves.get(target);
        return shelf == null ? new TreeMap<>() : shelf.kept.tailMap(after, false);
    }

    /** True when a done with this prefix would tell nothing. */
    boolean isDone(long target, long upTo) {
        Shelf shelf = shelves.get(target);
        return shelf == null || (shelf.hints == 0 && shelf.kept.isEmpty()) || upTo <= shelf.doneUpTo;
    }

    @Nullable Kept get(long target, long id) {
        Shelf shelf = shelves.get(target);
        return shelf == null ? null : shelf.kept.get(id);
    }

    long doneUpTo(long target) {
        Shelf shelf = shelves.get(target);
        return shelf == null ? 0 : shelf.doneUpTo;
    }

    /** Compaction wrote it again. Nothing happens when it does not lie where compaction found it any more. */
    void moved(long target, long id, Location from, Location to) {
        Kept hint = get(target, id);
        if (hint != null && hint.at.equals(from)) {
            Kept now = new Kept(hint.partition, hint.hlc, to);
            Shelf shelf = of(target);
            shelf.kept.put(id, now);
            count(shelf, 0, now.bytes() - hint.bytes());
            live(hint, -1);
            live(now, 1);
        }
    }

    /** Of hints, by segment. */
    long liveBytes(int segment) {
        return liveBytes.getOrDefault(segment, 0L);
    }

    HintLog.Report report(boolean recovered) {
        Map<Long, HintLog.Target> targets = new TreeMap<>();
        shelves.forEach((target, shelf) -> {
            if (shelf.hints > 0) {
                long oldest = shelf.kept.isEmpty() ? 0 : shelf.kept.firstEntry().getValue().hlc;
                targets.put(target, new HintLog.Target(shelf.hints, shelf.bytes, oldest));
            }
        });
        return new HintLog.Report(recovered, targets);
    }
}
