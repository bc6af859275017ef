package io.kvcluster.node.storage;

import java.util.Arrays;

/**
 * Where the records of a cache lie in it, by their place in the log: an open-addressed table of plain numbers (linear probing,
 * deletion by shifting back; Knuth, TAOCP 6.4, algorithm R), so that the garbage collector has nothing to follow in it.
 */
final class PlaceTable {
    static final long ABSENT = -1;
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** 0 is free: no record lies at the start of a segment, where its header is. */
    private long[] keys = new long[64];

    private long[] values = new long[64];
    private int size;

    long get(long key) {
        int at = find(key);
        return keys[at] == key ? values[at] : ABSENT;
    }

    void put(long key, long value) {
        Invariant.check(key != 0 && value >= 0, "a place has a number, and so has what lies there");
        int at = find(key);
        if (keys[at] == 0) {
            if (2 * (size + 1) > keys.length) {
                grow();
                at = find(key);
            }
            keys[at] = key;
            size++;
        }
        values[at] = value;
    }

    /** What the key had; {@link #ABSENT} for nothing. */
    long remove(long key) {
        int hole = find(key);
        if (keys[hole] != key) {
            return ABSENT;
        }
        long value = values[hole];
        int mask = keys.length - 1;
        for (int at = (hole + 1) & mask; keys[at] != 0; at = (at + 1) & mask) {
            // an entry may move back unless that would bring it before the place where the search for it begins
            if (((at - home(keys[at])) & mask) >= ((at - hole) & mask)) {
                keys[hole] = keys[at];
                values[hole] = values[at];
                hole = at;
            }
        }
        keys[hole] = 0;
        size--;
        return value;
    }

    int size() {
        return size;
    }

    /** Where the key is, or the free place where it would go: there always is one. */
    private int find(long key) {
        int mask = keys.length - 1;
        int at = home(key);
        while (keys[at] != 0 && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private int home(long key) {
        return (int) ((key * GOLDEN_GAMMA) >>> (Long.numberOfLeadingZeros(keys.length) + 1));
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[2 * oldKeys.length];
        values = Arrays.copyOf(oldValues, keys.length);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }
}
