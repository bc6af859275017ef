package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the entries that are in use on the heap, in front of an index in files, and writes changed ones out later: a key that
 * is written often costs one put for many. That loses nothing: a file is trusted only after {@link #close}, which writes out all,
 * and otherwise rebuilt from the log. Bounded in entries, bytes and changed entries; one not used for long goes first.
 */
final class CachedIndex implements Index {
    private static final int SLOT_BYTES = 200;

    private record Place(int partition, Key key) {}

    private static final class Slot extends SecondChance.Slot {
        final Place place;
        IndexEntry entry;
        boolean changed;

        Slot(Place place, IndexEntry entry) {
            this.place = place;
            this.entry = entry;
        }

        long bytes() {
            return SLOT_BYTES + place.key.bytes().length + entry.meta().length;
        }
    }

    private final Index file;
    private final Map<Place, Slot> slots = new HashMap<>();
    private final SecondChance<Slot> order = new SecondChance<>();
    /** Slots to write out, in the order of their first change; one that is no longer changed is passed over. */
    private final ArrayDeque<Slot> changed = new ArrayDeque<>();

    private final Bounds bounds;
    private long bytes;

    /** @param changed entries that may wait to be written out */
    record Bounds(int entries, int changed, long bytes) {
        /** An entry of a usual key is no smaller; smaller ones are bounded by their number. */
        private static final int USUAL_BYTES = 256;
        /** An orderly end writes out what waits, about 10 us for each. */
        private static final int MOST_CHANGED = 32_768;

        static Bounds of(long heapBytes) {
            int entries = (int) Math.clamp(heapBytes / USUAL_BYTES, 1, Integer.MAX_VALUE);
            return new Bounds(entries, Math.min(entries / 4, MOST_CHANGED), heapBytes);
        }
    }

    CachedIndex(Index file, Bounds bounds) {
        this.file = file;
        this.bounds = bounds;
    }

    @Override
    public @Nullable IndexEntry get(int partition, Key key) {
        Place place = new Place(partition, key);
        Slot slot = slots.get(place);
        if (slot != null) {
            slot.use();
            return slot.entry;
        }
        IndexEntry entry = file.get(partition, key);
        if (entry != null) {
            add(new Slot(place, entry));
        }
        return entry;
    }

    @Override
    public @Nullable IndexEntry put(int partition, Key key, IndexEntry entry) {
        Place place = new Place(partition, key);
        Slot slot = slots.get(place);
        IndexEntry before;
        if (slot == null) {
            before = file.get(partition, key);
            slot = new Slot(place, entry);
            change(slot);
            add(slot);
        } else {
            before = slot.entry;
            bytes += entry.meta().length - before.meta().length;
            slot.entry = entry;
            slot.use();
            change(slot);
        }
        return before;
    }

    private void change(Slot slot) {
        if (!slot.changed) {
            slot.changed = true;
            changed.add(slot);
            if (changed.size() > bounds.changed) {
                writeOut(changed.remove());
            }
        }
    }

    private void writeOut(Slot slot) {
        if (slot.changed) {
            slot.changed = false;
            file.put(slot.place.partition, slot.place.key, slot.entry);
        }
    }

    private void add(Slot slot) {
        slots.put(slot.place, slot);
        bytes += slot.bytes();
        order.add(slot);
        while (slots.size() > bounds.entries || bytes > bounds.bytes) {
            Slot evicted = order.evict();
            slots.remove(evicted.place);
            bytes -= evicted.bytes();
            writeOut(evicted);
        }
    }

    @Override
    public List<RecordStore.Row> page(int partition, Optional<Key> after, int limit) {
        for (Iterator<Slot> all = changed.iterator(); all.hasNext(); ) {
            Slot slot = all.next();
            if (slot.place.partition == partition) {
                all.remove();
                writeOut(slot);
            }
        }
        return file.page(partition, after, limit);
    }

    @Override
    public void remove(int partition, Key key) {
        Slot slot = slots.remove(new Place(partition, key));
        if (slot != null) {
            order.remove(slot);
            bytes -= slot.bytes();
            slot.changed = false;
        }
        file.remove(partition, key);
    }

    @Override
    public Load load(int partition) {
        return file.load(partition);
    }

    @Override
    public void growAhead(Executor background) {
        file.growAhead(background);
    }

    @Override
    public void close() {
        changed.forEach(this::writeOut);
        changed.clear();
        file.close();
    }

    /** Entries on the heap. */
    int cached() {
        return slots.size();
    }
}
