package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Fifty records of 1 KiB given to a store at once, until all are durable and in the index: time is the disk's, CPU is ours. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogAppendBench {
    private static final int RECORDS = 50;
    private static final int KEYS = 20_000;
    private static final int PARTITIONS = 64;

    private final byte[] meta = new byte[48];
    private final byte[] value = new byte[1_024];
    private Path directory;
    private SystemEnvironment environment;
    private Loop loop;
    private Store store;
    private int next;

    @Setup
    public void open() throws Exception {
        directory = Files.createTempDirectory("kv-log-bench");
        FileDisk disk = new FileDisk(directory);
        environment = new SystemEnvironment(disk);
        loop = environment.newLoop("loop", 16_384);
        CountDownLatch available = new CountDownLatch(PARTITIONS);
        store = Store.open(
                StoreConfig.of(PARTITIONS, new Durability.Fsync(), 16 << 20),
                environment,
                IndexFactory.mapDb(disk, 32L << 20),
                new Loop[] {loop},
                new StoreListener() {
                    @Override
                    public void progress(RecoveryProgress progress) {}

                    @Override
                    public void partitionAvailable(int partition) {
                        available.countDown();
                    }

                    @Override
                    public void groupDurable(int records, long nanos) {}
                });
        available.await();
    }

    @TearDown
    public void close() throws IOException, InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        store.close(closed::countDown);
        closed.await();
        environment.close();
        new FileDisk(directory).delete("");
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void append() throws InterruptedException {
        CountDownLatch durable = new CountDownLatch(RECORDS);
        int first = next;
        next = (next + RECORDS) % KEYS;
        loop.post(() -> {
            for (int key = first; key < first + RECORDS; key++) {
                store.append(key % PARTITIONS, Key.of("user-" + key), meta, value, 1, result -> durable.countDown());
            }
        });
        durable.await();
    }
}
