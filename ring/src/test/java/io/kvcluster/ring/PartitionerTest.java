package io.kvcluster.ring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionerTest {

    /** The 64-bit halves are those of the reference MurmurHash3_x64_128; a change here is a data loss. */
    @ParameterizedTest(name = "\"{0}\"")
    @CsvSource({
        "'',                                            0000000000000000,    0,   0",
        "hello,                                         cbd8a7b341bd9b02,    6, 815",
        "'hello, world',                                342fac623a5ebc8e,    1, 208",
        "'19 Jan 2038 at 3:14:07 AM',                   b89e5988b737affc,    5, 738",
        "The quick brown fox jumps over the lazy dog.,  cd99481f9ee902c9,    6, 822",
    })
    void keysKeepTheirPartitionForEver(String key, String hash, int ofEight, int of1024) {
        byte[] bytes = key.getBytes(UTF_8);

        assertThat(String.format("%016x", Partitioner.hash(bytes))).isEqualTo(hash);
        assertThat(Partitioner.partition(bytes, 8)).isEqualTo(ofEight);
        assertThat(Partitioner.partition(bytes, 1024)).isEqualTo(of1024);
    }

    @Property
    void everyKeyHasAPartitionAndTwiceAsManyPartitionsSplitItInTwo(@ForAll byte[] key) {
        for (int partitions = 8; partitions < 1024; partitions *= 2) {
            int partition = Partitioner.partition(key, partitions);
            assertThat(partition).isBetween(0, partitions - 1);
            assertThat(Partitioner.partition(key, 2 * partitions) / 2).isEqualTo(partition);
        }
    }

    @Test
    void keysSpreadEvenlyOverPartitions() {
        int[] counts = new int[64];
        IntStream.range(0, 64_000).forEach(i -> counts[Partitioner.partition(("key" + i).getBytes(UTF_8), 64)]++);

        // A thousand each on average; five standard deviations are 158.
        assertThat(java.util.Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(842, 1158));
    }

    @ParameterizedTest
    @ValueSource(ints = {-8, 0, 1, 4, 7, 12, 1023, 2048, Integer.MIN_VALUE})
    void refusesOtherNumbersOfPartitions(int partitions) {
        assertThatThrownBy(() -> Partitioner.partition(new byte[1], partitions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partitions is " + partitions + ", but must be a power of two in 8..1024");
    }
}
