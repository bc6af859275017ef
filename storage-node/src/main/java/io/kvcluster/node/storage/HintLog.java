package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes that other stores missed, kept durably in the log of this one until they have them. Hints of one target have ascending
 * ids and are replayed in that order; what was delivered is given back as a prefix. They survive restarts and crashes, compaction
 * carries them on, and giving one back is no more than a promise kept: after a crash some may be shown again, so that a replay
 * must be idempotent (a merge is).
 *
 * <p>Any loop may call; each callback runs on the loop that was given, once. The log's loop owns the book of hints. Bounded by
 * {@link HintBounds} per target and in total: a hint beyond them is refused, never kept by pushing out another.
 */
public interface HintLog {
    /**
     * Keeps a record for {@code target}.
     *
     * @param record what {@link RecordStore#append} takes: the whole encoded record
     * @param hlc the largest stamp in it; tells the hint's age
     */
    void append(long target, int partition, Key key, byte[] record, long hlc, Loop caller, Consumer<AppendResult> done);

    /**
     * The hints of {@code target} with ids above {@code after}, oldest first.
     *
     * @param after 0, or {@link Page#upTo} of the page before
     * @param maxHints 1..10,000; a page also ends when its records reach {@link HintBounds#PAGE_BYTES}
     */
    void page(long target, long after, int maxHints, Loop caller, Consumer<PageResult> done);

    /** The target needs none of its hints with ids up to {@code upTo} any more; {@code durable} runs when the log says so. */
    void done(long target, long upTo, Loop caller, Runnable durable);

    /** Gives up everything that is kept for the target now; hints that are appended later count again. */
    void drop(long target, Loop caller, Runnable durable);

    /** As it was a moment ago. Any thread. */
    Report report();

    /** One write that a store missed. */
    record Hint(long id, int partition, Key key, byte[] record, long hlc) {}

    /** The end of an append. */
    sealed interface AppendResult {
        /** Durable. */
        record Kept(long id) implements AppendResult {}

        /** A bound is reached; nothing was written. @param bound its name, with its value */
        record Full(String bound) implements AppendResult {}

        record Refused(RecordStore.Refusal why) implements AppendResult {}
    }

    /** The end of a page. */
    sealed interface PageResult {
        /** Not yet: the log is still being read after a start, or the disk is busy. Ask again later. */
        record CannotSay(String why) implements PageResult {}
    }

    /**
     * A page.
     *
     * @param upTo give this back with {@link #done} when all of the page was delivered
     * @param lost partitions of hints on this page whose bytes are damaged: their target has to be exchanged with
     * @param last no hint follows now
     */
    record Page(List<Hint> hints, long upTo, Set<Integer> lost, boolean last) implements PageResult {
        public Page {
            hints = List.copyOf(hints);
        }
    }

    /** @param recovered the log was read since the start; before that counts hold only what came since */
    record Report(boolean recovered, Map<Long, Target> targets) {
        public Report {
            targets = Map.copyOf(targets);
        }

        public long hints() {
            return targets.values().stream().mapToLong(Target::hints).sum();
        }

        public long bytes() {
            return targets.values().stream().mapToLong(Target::bytes).sum();
        }
    }

    /**
     * What is kept for one store.
     *
     * @param bytes that they take in the log
     * @param oldestHlc of the first hint; its upper 48 bits are milliseconds
     */
    record Target(long hints, long bytes, long oldestHlc) {}
}
