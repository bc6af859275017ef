package io.kvcluster.node.storage;

import java.util.List;
import java.util.stream.LongStream;

/**
 * How often which value was seen.
 *
 * @param bounds ascending; {@code counts[i]} values were at most {@code bounds[i]} and above the bound before; the last count is
 *     of the values above all bounds
 */
public record Distribution(List<Long> bounds, List<Long> counts, long sum) {
    public Distribution {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
    }

    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** The one that its owner counts with. */
    static final class Counter {
        private final long[] bounds;
        private final long[] counts;
        private long sum;

        private Counter(long... bounds) {
            this.bounds = bounds;
            this.counts = new long[bounds.length + 1];
        }

        /** Powers of two from {@code first}. */
        static Counter doubling(long first, int bounds) {
            return new Counter(
                    LongStream.iterate(first, bound -> bound * 2).limit(bounds).toArray());
        }

        void add(long value) {
            int at = 0;
            while (at < bounds.length && value > bounds[at]) {
                at++;
            }
            counts[at]++;
            sum += value;
        }

        Distribution publish() {
            return new Distribution(
                    LongStream.of(bounds).boxed().toList(),
                    LongStream.of(counts).boxed().toList(),
                    sum);
        }
    }
}
