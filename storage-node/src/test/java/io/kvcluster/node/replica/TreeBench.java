package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One key of a partition has another record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TreeBench {
    private static final int KEYS = 1 << 14;
    private static final int PARTITIONS = 64;

    private final MerkleTree tree = new MerkleTree(MerkleTree.leavesFor(PARTITIONS));
    private final byte[][] keys = IntStream.range(0, KEYS)
            .mapToObj(i -> Key.of("user-" + i + "-profile").bytes())
            .toArray(byte[][]::new);
    private int next;

    @Benchmark
    public long update() {
        next++;
        tree.replace(keys[next & KEYS - 1], next, next + 1L);
        return tree.root();
    }
}
