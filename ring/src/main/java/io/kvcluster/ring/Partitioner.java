package io.kvcluster.ring;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;

/**
 * Maps keys to partitions: the top log2(Q) bits of the first half of murmur3_128 (x64, seed 0) over the key's bytes. Fixed
 * for ever, because a key that maps elsewhere is a key that is lost; golden vectors in the test hold it.
 */
public final class Partitioner {
    public static final int MIN_PARTITIONS = 8;
    public static final int MAX_PARTITIONS = 1024;

    private static final HashFunction MURMUR3 = Hashing.murmur3_128();

    private Partitioner() {}

    /**
     * The partition of a key, 0 to {@code partitions - 1}.
     *
     * @param partitions a power of two, {@value #MIN_PARTITIONS} to {@value #MAX_PARTITIONS}
     * @throws IllegalArgumentException for another number of partitions
     */
    public static int partition(byte[] key, int partitions) {
        if (!isPartitionCount(partitions)) {
            throw new IllegalArgumentException("partitions is " + partitions + ", but must be a power of two in "
                    + MIN_PARTITIONS + ".." + MAX_PARTITIONS);
        }
        return (int) (hash(key) >>> (Long.SIZE - Integer.numberOfTrailingZeros(partitions)));
    }

    /** The first 64 bits of murmur3_128: what {@link #partition} takes its bits from. */
    public static long hash(byte[] key) {
        return MURMUR3.hashBytes(key).asLong();
    }

    public static boolean isPartitionCount(int partitions) {
        return partitions >= MIN_PARTITIONS && partitions <= MAX_PARTITIONS && Integer.bitCount(partitions) == 1;
    }
}
