package io.kvcluster.node.version;

import java.util.ArrayList;
import java.util.List;

/**
 * Which dots of a key were seen: for each actor all up to a stamp. That is sound because records travel whole, so whoever saw
 * one dot of an actor on the key saw, or saw superseded, every earlier one. Immutable, its entries sorted by actor.
 */
public final class Context {
    /** One entry per incarnation of a store that ever wrote the key; a merge must never be refused, so this is out of reach. */
    public static final int MAX_ENTRIES = 32_768;

    public static final Context EMPTY = new Context(List.of());

    private final List<Entry> entries;

    /** All dots of the actor up to and including {@code hlc}. */
    public record Entry(Actor actor, long hlc) {
        public Entry {
            if (hlc <= 0) {
                throw new IllegalArgumentException("HLC of a context entry is " + hlc + ", but must be greater than 0");
            }
        }

        Dot dot() {
            return new Dot(hlc, actor);
        }
    }

    private Context(List<Entry> entries) {
        this.entries = entries;
    }

    /** @throws IllegalArgumentException unless the actors ascend strictly and are at most {@link #MAX_ENTRIES} */
    public static Context of(List<Entry> entries) {
        if (entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "context has " + entries.size() + " entries, at most " + MAX_ENTRIES + " are allowed");
        }
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i - 1).actor().compareTo(entries.get(i).actor()) >= 0) {
                throw new IllegalArgumentException(
                        "actors of a context must ascend, but " + entries.get(i).actor() + " follows "
                                + entries.get(i - 1).actor());
            }
        }
        return new Context(List.copyOf(entries));
    }

    /** The least context that covers a dot. */
    public static Context of(Dot dot) {
        return new Context(List.of(new Entry(dot.actor(), dot.hlc())));
    }

    /** Sorted by actor, each once. */
    public List<Entry> entries() {
        return entries;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether the dot, or a later one of its actor, was seen. */
    public boolean covers(Dot dot) {
        return seenOf(dot.actor()) >= dot.hlc();
    }

    /** Whether everything the other has seen was seen here. */
    public boolean covers(Context other) {
        for (Entry entry : other.entries) {
            if (seenOf(entry.actor()) < entry.hlc()) {
                return false;
            }
        }
        return true;
    }

    /** The greatest stamp of the actor that was seen; 0 for none. */
    public long seenOf(Actor actor) {
        int at = indexOf(actor);
        return at < 0 ? 0 : entries.get(at).hlc();
    }

    /** Where the actor's entry is; negative when it has none. */
    int indexOf(Actor actor) {
        int low = 0;
        int high = entries.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = entries.get(middle).actor().compareTo(actor);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** The greatest stamp of any dot that is covered; 0 when none is. */
    public long greatestHlc() {
        long greatest = 0;
        for (Entry entry : entries) {
            greatest = Math.max(greatest, entry.hlc());
        }
        return greatest;
    }

    /** What both together have seen: the greater stamp of each actor. */
    public Context merge(Context other) {
        if (covers(other)) {
            return this;
        }
        if (other.covers(this)) {
            return other;
        }
        List<Entry> merged = new ArrayList<>(entries.size() + other.entries.size());
        int mine = 0;
        int theirs = 0;
        while (mine < entries.size() && theirs < other.entries.size()) {
            Entry left = entries.get(mine);
            Entry right = other.entries.get(theirs);
            int order = left.actor().compareTo(right.actor());
            if (order == 0) {
                merged.add(left.hlc() >= right.hlc() ? left : right);
            } else {
                merged.add(order < 0 ? left : right);
            }
            mine += order <= 0 ? 1 : 0;
            theirs += order >= 0 ? 1 : 0;
        }
        merged.addAll(entries.subList(mine, entries.size()));
        merged.addAll(other.entries.subList(theirs, other.entries.size()));
        return of(merged);
    }

    /** This and one dot more. */
    public Context with(Dot dot) {
        return merge(of(dot));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Context context && entries.equals(context.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.stream().map(Entry::dot).toList().toString();
    }
}
