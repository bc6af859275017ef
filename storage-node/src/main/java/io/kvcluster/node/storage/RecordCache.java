package io.kvcluster.node.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Copies of records by where they lie in the log, in a fixed number of slabs that are filled in turn. A slab whose turn has come
 * again keeps the records that were used since, at most half of it, and drops the others: nearly the least recently used ones
 * (CLOCK, Corbató 1968, by the slab). A record that is replaced before long would die old as an object, and a node that is
 * overwritten would collect its old generation all the time; here nothing is given to the garbage collector (ADR 20). One owner.
 */
final class RecordCache {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int SLABS = 8;
    private static final int MAX_SLAB_BYTES = 512 << 10;
    /** Before each record: its place in the log (8), its length (4), whether it was used (1). */
    private static final int HEAD_BYTES = 13;

    private static final int LENGTH_AT = 8;
    private static final int USED_AT = 12;

    private final int slabBytes;
    private final byte[] @Nullable [] slabs;
    private final int[] ends;
    private final PlaceTable places = new PlaceTable();
    private int current;
    private long bytes;

    /** Slabs are made as they are needed. @param maxBytes of all records, with what they cost besides */
    RecordCache(long maxBytes) {
        int wanted = (int) Math.min(MAX_SLAB_BYTES, maxBytes / SLABS);
        this.slabBytes = wanted > HEAD_BYTES ? wanted : 0;
        int count = slabBytes == 0 ? 0 : Math.toIntExact(maxBytes / slabBytes);
        this.slabs = new byte[count][];
        this.ends = new int[count];
    }

    /** A copy. */
    byte @Nullable [] getIfPresent(Location at) {
        long position = places.get(key(at));
        if (position == PlaceTable.ABSENT) {
            return null;
        }
        byte[] slab = slab((int) (position / slabBytes));
        int start = (int) (position % slabBytes);
        slab[start + USED_AT] = 1;
        byte[] record = new byte[length(slab, start)];
        System.arraycopy(slab, start + HEAD_BYTES, record, 0, record.length);
        return record;
    }

    /** Nothing happens when it is larger than a slab. */
    void put(Location at, byte[] record) {
        put(at, record, false);
    }

    /** What lay at {@code from} is not asked for any more; who used it will use what took its place. */
    void replace(Location from, Location to, byte[] record) {
        put(to, record, drop(from));
    }

    void invalidate(Location at) {
        drop(at);
    }

    /** Of all records, with what they cost besides. */
    long bytes() {
        return bytes;
    }

    private void put(Location at, byte[] record, boolean used) {
        drop(at);
        int needed = HEAD_BYTES + record.length;
        if (needed > slabBytes) {
            return;
        }
        if (ends[current] + needed > slabBytes) {
            current = (current + 1) % slabs.length;
            makeRoom(current, needed);
        }
        byte[] slab = slab(current);
        int start = ends[current];
        LONG.set(slab, start, key(at));
        INT.set(slab, start + LENGTH_AT, record.length);
        slab[start + USED_AT] = (byte) (used ? 1 : 0);
        System.arraycopy(record, 0, slab, start + HEAD_BYTES, record.length);
        ends[current] += needed;
        bytes += needed;
        places.put(key(at), (long) current * slabBytes + start);
    }

    /** True when it was there and was used. */
    private boolean drop(Location at) {
        long position = places.remove(key(at));
        if (position == PlaceTable.ABSENT) {
            return false;
        }
        byte[] slab = slab((int) (position / slabBytes));
        int start = (int) (position % slabBytes);
        bytes -= HEAD_BYTES + length(slab, start);
        return slab[start + USED_AT] != 0;
    }

    /** Moves what is kept to the front. */
    private void makeRoom(int number, int needed) {
        byte[] slab = slab(number);
        long base = (long) number * slabBytes;
        int mayKeep = Math.min(slabBytes / 2, slabBytes - needed);
        int kept = 0;
        for (int start = 0, length; start < ends[number]; start += length) {
            length = HEAD_BYTES + length(slab, start);
            long key = (long) LONG.get(slab, start);
            if (places.get(key) != base + start) {
                continue;
            }
            if (slab[start + USED_AT] != 0 && kept + length <= mayKeep) {
                slab[start + USED_AT] = 0;
                System.arraycopy(slab, start, slab, kept, length);
                places.put(key, base + kept);
                kept += length;
            } else {
                places.remove(key);
                bytes -= length;
            }
        }
        ends[number] = kept;
    }

    private byte[] slab(int number) {
        byte[] slab = slabs[number];
        if (slab == null) {
            slab = new byte[slabBytes];
            slabs[number] = slab;
        }
        return slab;
    }

    private static int length(byte[] slab, int start) {
        return (int) INT.get(slab, start + LENGTH_AT);
    }

    private static long key(Location at) {
        return (long) at.segment() << Integer.SIZE | at.offset();
    }
}
