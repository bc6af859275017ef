package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.util.HashMap;
import java.util.Map;

/**
 * What a segment may hold, in about two bytes per record: enough to say that it holds no older record of a key. A Bloom filter of
 * the keys (16 bits and 8 probes a record: 6 in 10,000 wrong answers, all of them on the safe side), and per partition the smallest
 * LSN. Immutable once built.
 */
final class SegmentSummary implements LogVisitor {
    private static final int BITS_PER_RECORD = 16;
    private static final int PROBES = 8;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long[] bits;
    private final Map<Integer, Long> firstByPartition = new HashMap<>();
    private final Map<Integer, Long> dropByPartition = new HashMap<>();
    private final Map<Long, Long> firstHintByTarget = new HashMap<>();

    /** @param records that will be told at most */
    SegmentSummary(long records) {
        this.bits = new long[(int) Math.max(1, (records * BITS_PER_RECORD + Long.SIZE - 1) / Long.SIZE)];
    }

    /** Of a key of a partition, the same in every process. */
    static long hash(int partition, Key key) {
        long hash = mix(partition + GOLDEN);
        byte[] bytes = key.bytes();
        long word = bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            word = word << Byte.SIZE | (bytes[i] & 0xff);
            if (i % Long.BYTES == Long.BYTES - 1) {
                hash = mix(hash * GOLDEN + word);
                word = 0;
            }
        }
        return mix(hash * GOLDEN + word);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    @Override
    public void record(int partition, long lsn, Location at, Key key, byte[] meta) {
        firstByPartition.merge(partition, lsn, Math::min);
        long hash = hash(partition, key);
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = bit(hash, probe);
            bits[bit / Long.SIZE] |= 1L << bit;
        }
    }

    private int bit(long hash, int probe) {
        long spread = mix(hash + probe * GOLDEN);
        return (int) Math.unsignedMultiplyHigh(spread, (long) bits.length * Long.SIZE);
    }

    @Override
    public void dropped(int partition, long lsn) {
        dropByPartition.merge(partition, lsn, Math::max);
    }

    @Override
    public void hint(long target, int partition, long lsn, long hlc, Location at) {
        firstHintByTarget.merge(target, lsn, Math::min);
    }

    /** False when it certainly holds no record of the key that was written before {@code lsn}. */
    boolean mayHoldBefore(long lsn, int partition, long hash) {
        if (!holdsBefore(lsn, partition)) {
            return false;
        }
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = bit(hash, probe);
            if ((bits[bit / Long.SIZE] & (1L << bit)) == 0) {
                return false;
            }
        }
        return true;
    }

    /** True when it holds a record of the partition that was written before {@code lsn}. */
    boolean holdsBefore(long lsn, int partition) {
        return firstByPartition.getOrDefault(partition, Long.MAX_VALUE) < lsn;
    }

    /** The last drop of the partition in this segment, 0 for none. */
    long dropped(int partition) {
        return dropByPartition.getOrDefault(partition, 0L);
    }

    /** True when it holds a hint for the target with an id up to {@code id}. */
    boolean holdsHintUpTo(long id, long target) {
        return firstHintByTarget.getOrDefault(target, Long.MAX_VALUE) <= id;
    }
}
