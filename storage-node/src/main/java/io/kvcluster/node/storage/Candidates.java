package io.kvcluster.node.storage;

import java.util.Arrays;

/** Records of one segment that no index knows: hash of the key, partition, LSN and place of each, in 24 bytes. */
final class Candidates {
    private static final int WORDS = 3;
    private long[] words = new long[WORDS * 64];
    private int size;

    /** One of them. @param hash of {@link SegmentSummary#hash} */
    record Candidate(long hash, int partition, long lsn, int offset) {}

    void add(long hash, int partition, long lsn, int offset) {
        int at = size * WORDS;
        if (at == words.length) {
            words = Arrays.copyOf(words, words.length * 2);
        }
        words[at] = hash;
        words[at + 1] = lsn;
        words[at + 2] = (long) partition << Integer.SIZE | offset;
        size++;
    }

    int size() {
        return size;
    }

    Candidate get(int index) {
        int at = index * WORDS;
        return new Candidate(words[at], (int) (words[at + 2] >> Integer.SIZE), words[at + 1], (int) words[at + 2]);
    }
}
