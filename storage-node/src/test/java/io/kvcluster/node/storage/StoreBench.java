package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Figures of the log and its index on this machine: {@code StoreBench DIRECTORY [records] [seconds]}. Appends of 1 KiB by 1 and
 * by 50 writers in a closed loop (warm-up of the same length first), then the rebuild of a lost index with and without hint files,
 * then overwrites of a third as many keys, six times over, with compaction: space of the log by what is live.
 */
public final class StoreBench {
    private static final int PARTITIONS = 64;
    private static final int LOOPS = 2;
    private static final int VALUE_BYTES = 1_024;
    private static final int META_BYTES = 48;
    private static final int OUTSTANDING = 200;

    private final Path directory;
    private SystemEnvironment environment;
    private Loop[] loops;
    private Store store;

    private StoreBench(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int records = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
        if (Files.exists(directory)) {
            throw new IllegalArgumentException(directory + " exists: name a directory that does not");
        }
        StoreBench bench = new StoreBench(directory);
        bench.open();
        for (int writers : new int[] {1, 50}) {
            bench.appends(writers, seconds, false);
            bench.appends(writers, seconds, true);
        }
        bench.fill(records);
        bench.close();
        bench.open();
        System.out.println("clean start: index ready after " + bench.millisUntilReady() + " ms");
        bench.close();
        bench.rebuild("hint files", false);
        bench.rebuild("no hint files", true);
        StoreBench second = new StoreBench(directory.resolve("overwrites"));
        second.open();
        second.overwrites(Math.max(1_000, records / 3), 6);
        second.close();
        System.exit(0);
    }

    private void open() throws Exception {
        FileDisk disk = new FileDisk(directory);
        environment = new SystemEnvironment(disk);
        loops = new Loop[LOOPS];
        for (int i = 0; i < LOOPS; i++) {
            loops[i] = environment.newLoop("loop-" + i, 16_384);
        }
        opened = System.nanoTime();
        store = Store.open(
                StoreConfig.of(PARTITIONS, new Durability.Fsync(), 64 << 20),
                environment,
                IndexFactory.mapDb(disk),
                loops,
                StoreListener.NONE);
    }

    private long opened;

    private long millisUntilReady() throws InterruptedException {
        while (!store.report().indexReady()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return (System.nanoTime() - opened) / 1_000_000;
    }

    private void close() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        store.close(closed::countDown);
        closed.await();
        environment.close();
    }

    /** One client that writes again as soon as its write is durable. */
    private final class Writer {
        private final SplittableRandom random;
        private final long until;
        private long[] nanos = new long[1 << 14];
        private final CountDownLatch ended;
        private int count;
        private long began;

        private Writer(int number, long until, CountDownLatch ended) {
            this.random = new SplittableRandom(number);
            this.until = until;
            this.ended = ended;
        }

        private void next() {
            int key = random.nextInt(1_000_000);
            int partition = key % PARTITIONS;
            byte[] value = new byte[VALUE_BYTES];
            loops[partition % LOOPS].post(() -> {
                began = System.nanoTime();
                store.append(partition, key(key), new byte[META_BYTES], value, 1, this::done);
            });
        }

        private void done(AppendResult result) {
            if (!(result instanceof AppendResult.Durable)) {
                throw new IllegalStateException("append: " + result);
            }
            long now = System.nanoTime();
            nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
            nanos[count++] = now - began;
            if (now < until) {
                next();
            } else {
                ended.countDown();
            }
        }
    }

    private void appends(int writers, int seconds, boolean print) throws Exception {
        millisUntilReady();
        Distribution groupsBefore = store.report().log().groupRecords();
        long began = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(writers);
        Writer[] all = IntStream.range(0, writers)
                .mapToObj(i -> new Writer(i, began + TimeUnit.SECONDS.toNanos(seconds), ended))
                .toArray(Writer[]::new);
        Arrays.stream(all).forEach(Writer::next);
        ended.await();
        double took = (System.nanoTime() - began) / 1e9;
        TimeUnit.MILLISECONDS.sleep(1_500);
        LogReport report = store.report().log();
        if (print) {
            long[] sorted = Arrays.stream(all)
                    .flatMapToLong(writer -> Arrays.stream(writer.nanos, 0, writer.count))
                    .sorted()
                    .toArray();
            double groups = report.groupRecords().count() - groupsBefore.count();
            double grouped = report.groupRecords().sum() - groupsBefore.sum();
            System.out.printf(
                    Locale.ROOT,
                    "append 1 KiB, %d writers: %.0f ops/s, p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, %.1f records a group, %.0f groups/s%n",
                    writers,
                    sorted.length / took,
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    sorted[(int) (sorted.length * 0.999)] / 1e6,
                    grouped / groups,
                    groups / took);
        }
    }

    /** Writes {@code records} distinct keys of 100 bytes. */
    private void fill(int records) throws Exception {
        AtomicLong durable = new AtomicLong();
        long began = System.nanoTime();
        for (int i = 0; i < records; i++) {
            int key = 1_000_000 + i;
            while (i - durable.get() > 20_000) {
                TimeUnit.MICROSECONDS.sleep(200);
            }
            int partition = key % PARTITIONS;
            loops[partition % LOOPS].post(() -> store.append(
                    partition, key(key), new byte[META_BYTES], new byte[100], 1, r -> durable.incrementAndGet()));
        }
        while (durable.get() < records) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        double took = (System.nanoTime() - began) / 1e9;
        TimeUnit.MILLISECONDS.sleep(1_500);
        System.out.printf(Locale.ROOT, "fill: %d keys in %.1f s, %.0f/s%n", records, took, records / took);
    }

    /** Uniform, 1 KiB: now and then what the log takes by what is live, from the third time that all was written on. */
    private void overwrites(int keys, int times) throws Exception {
        millisUntilReady();
        AtomicLong durable = new AtomicLong();
        SplittableRandom random = new SplittableRandom(1);
        double worst = 0;
        double sum = 0;
        int samples = 0;
        long began = System.nanoTime();
        for (long i = 0; i < (long) keys * times; i++) {
            while (i - durable.get() > OUTSTANDING) {
                TimeUnit.MICROSECONDS.sleep(200);
            }
            int key = i < keys ? (int) i : random.nextInt(keys);
            int partition = key % PARTITIONS;
            loops[partition % LOOPS].post(() -> store.append(
                    partition,
                    key(key),
                    new byte[META_BYTES],
                    new byte[VALUE_BYTES],
                    1,
                    r -> durable.incrementAndGet()));
            if (i > 3L * keys && i % (keys / 20) == 0) {
                StorageReport report = store.report();
                double live = report.liveBytes().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                double amplification = report.log().logBytes() / live;
                worst = Math.max(worst, amplification);
                sum += amplification;
                samples++;
            }
        }
        double took = (System.nanoTime() - began) / 1e9;
        StorageReport report = store.report();
        System.out.printf(
                Locale.ROOT,
                "overwrites: %d keys, %d times in %.1f s, %.0f/s; log by live bytes: mean %.2f, worst %.2f; "
                        + "%d segments removed, %.2f GB appended, %.2f GB of them rewritten%n",
                keys,
                times,
                took,
                (double) keys * times / took,
                sum / samples,
                worst,
                report.compaction().rounds(),
                report.log().appendedBytes() / 1e9,
                report.compaction().rewrittenBytes() / 1e9);
    }

    private void rebuild(String what, boolean withoutHints) throws Exception {
        deleteAll("index", "");
        if (withoutHints) {
            deleteAll("log", ".hints");
        }
        open();
        long millis = millisUntilReady();
        TimeUnit.MILLISECONDS.sleep(1_500);
        StorageReport report = store.report();
        System.out.printf(
                Locale.ROOT,
                "rebuild, %s: %d keys (%d segments, %.2f GB) in %.2f s: %.0f keys/s%n",
                what,
                report.keys(),
                report.log().segments(),
                report.log().logBytes() / 1e9,
                millis / 1e3,
                report.keys() * 1e3 / millis);
        close();
    }

    private void deleteAll(String folder, String suffix) throws IOException {
        try (var files = Files.list(directory.resolve(folder))) {
            for (Path file : files.filter(f -> f.toString().endsWith(suffix)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Key key(int number) {
        return Key.of("user-" + number + "-profile");
    }
}
