package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The index of one loop with 200,000 keys: those that are in use, which lie on its heap, and any of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexBench {
    private static final int KEYS = 200_000;
    private static final int IN_USE = 4_096;
    private static final int PARTITIONS = 32;
    private static final int META_BYTES = 48;

    private final Key[] keys = IntStream.range(0, KEYS)
            .mapToObj(i -> Key.of("user-" + i + "-profile"))
            .toArray(Key[]::new);
    private final SplittableRandom random = new SplittableRandom(1);
    private Path directory;
    private Index index;

    @Setup
    public void fill() throws IOException {
        directory = Files.createTempDirectory("kv-index-bench");
        index = IndexFactory.mapDb(new FileDisk(directory), 32L << 20).create("index");
        for (int key = 0; key < KEYS; key++) {
            index.put(key % PARTITIONS, keys[key], entry(key));
        }
    }

    @TearDown
    public void remove() throws IOException {
        index.close();
        new FileDisk(directory).delete("");
    }

    private static IndexEntry entry(int number) {
        return new IndexEntry(number, new Location(1, 8 * number, 1_200), new byte[META_BYTES]);
    }

    private IndexEntry get(int key) {
        return index.get(key % PARTITIONS, keys[key]);
    }

    private IndexEntry put(int key) {
        return index.put(key % PARTITIONS, keys[key], entry(key));
    }

    @Benchmark
    public Object getInUse() {
        return get(random.nextInt(IN_USE));
    }

    @Benchmark
    public Object getAny() {
        return get(random.nextInt(KEYS));
    }

    @Benchmark
    public Object putInUse() {
        return put(random.nextInt(IN_USE));
    }

    @Benchmark
    public Object putAny() {
        return put(random.nextInt(KEYS));
    }
}
