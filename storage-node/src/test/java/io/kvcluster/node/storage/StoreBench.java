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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Figures of the log and its index on this machine ("make bench-store"):
 * <ul>
 *   <li>{@code StoreBench DIRECTORY appends [SECONDS]}: 1 KiB by 1 and by 50 writers in a closed loop, after a warm-up of the same
 *       length;
 *   <li>{@code StoreBench DIRECTORY records [COUNT]}: fills a store, and starts it again in order, without its index, and without
 *       its index and its hint files;
 *   <li>{@code StoreBench DIRECTORY overwrites [KEYS] [SECONDS] [RATE]}: 1 KiB on uniform keys with compaction, after all keys were
 *       written three times; a rate of 0 writes as fast as it goes. Space of the log by what is live, and latencies from the
 *       intended start.
 * </ul>
 */
public final class StoreBench {
    private static final int PARTITIONS = 64;
    private static final int LOOPS = 2;
    private static final int VALUE_BYTES = 1_024;
    private static final int META_BYTES = 48;
    private static final int OUTSTANDING = 200;
    /** Of a rate that the store does not reach. */
    private static final int MOST_OUTSTANDING = 20_000;

    private final Path directory;
    private final Fsyncs fsyncs = new Fsyncs();
    private SystemEnvironment environment;
    private Loop[] loops;
    private Store store;
    private long opened;

    private StoreBench(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        if (Files.exists(directory)) {
            throw new IllegalArgumentException(directory + " exists: name a directory that does not");
        }
        StoreBench bench = new StoreBench(directory);
        switch (arguments[1]) {
            case "appends" -> bench.appends(number(arguments, 2, 10));
            case "records" -> bench.records(number(arguments, 2, 1_000_000));
            case "overwrites" ->
                bench.overwrites(number(arguments, 2, 333_333), number(arguments, 3, 45), number(arguments, 4, 0));
            default -> throw new IllegalArgumentException("measurement " + arguments[1] + " is not known");
        }
        System.exit(0);
    }

    private static int number(String[] arguments, int at, int usual) {
        return at < arguments.length ? Integer.parseInt(arguments[at]) : usual;
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /** The longest fsync since the last look. */
    private static final class Fsyncs implements StoreListener {
        private final AtomicLong longest = new AtomicLong();

        @Override
        public void progress(RecoveryProgress progress) {}

        @Override
        public void partitionAvailable(int partition) {}

        @Override
        public void groupDurable(int records, long nanos) {
            longest.accumulateAndGet(nanos, Math::max);
        }
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
                IndexFactory.mapDb(disk, 32L << 20),
                loops,
                fsyncs);
    }

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

    private static Key key(int number) {
        return Key.of("user-" + number + "-profile");
    }

    /** Nanoseconds, one thread's. */
    private static final class Latencies {
        private long[] nanos = new long[1 << 14];
        private int count;

        private void add(long some) {
            nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
            nanos[count++] = some;
        }

        private static long[] sorted(Latencies... all) {
            return Arrays.stream(all)
                    .flatMapToLong(each -> Arrays.stream(each.nanos, 0, each.count))
                    .sorted()
                    .toArray();
        }

        private static String text(long[] sorted) {
            return String.format(
                    Locale.ROOT,
                    "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.0f ms",
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    sorted[(int) (sorted.length * 0.999)] / 1e6,
                    sorted[sorted.length - 1] / 1e6);
        }
    }

    // --- appends ---

    private void appends(int seconds) throws Exception {
        open();
        millisUntilReady();
        for (int writers : new int[] {1, 50}) {
            appends(writers, seconds, false);
            appends(writers, seconds, true);
        }
        close();
    }

    /** One client that writes again as soon as its write is durable. */
    private final class Writer {
        private final SplittableRandom random;
        private final long until;
        private final Latencies latencies = new Latencies();
        private final CountDownLatch ended;
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
            requireDurable(result);
            long now = System.nanoTime();
            latencies.add(now - began);
            if (now < until) {
                next();
            } else {
                ended.countDown();
            }
        }
    }

    private static void requireDurable(AppendResult result) {
        if (!(result instanceof AppendResult.Durable)) {
            throw new IllegalStateException("append: " + result);
        }
    }

    private void appends(int writers, int seconds, boolean print) throws Exception {
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
        if (print) {
            Distribution groups = store.report().log().groupRecords();
            double count = groups.count() - groupsBefore.count();
            long[] sorted = Latencies.sorted(
                    Arrays.stream(all).map(writer -> writer.latencies).toArray(Latencies[]::new));
            print(
                    "append 1 KiB, %d writers: %.0f/s, %s, %.1f records a group, %.0f groups/s",
                    writers,
                    sorted.length / took,
                    Latencies.text(sorted),
                    (groups.sum() - groupsBefore.sum()) / count,
                    count / took);
        }
    }

    // --- records ---

    private void records(int count) throws Exception {
        open();
        millisUntilReady();
        fill(count);
        close();
        open();
        print("start after an orderly end: %d records ready after %.2f s", count, millisUntilReady() / 1e3);
        close();
        rebuild("lost index", false);
        rebuild("lost index and hint files", true);
    }

    /** Distinct keys, 1 KiB each. */
    private void fill(int records) throws Exception {
        AtomicLong durable = new AtomicLong();
        long began = System.nanoTime();
        for (int i = 0; i < records; i++) {
            waitUntilLessThan(2_000, i, durable);
            write(i, new byte[VALUE_BYTES], durable::incrementAndGet);
        }
        waitUntilLessThan(1, records, durable);
        double took = (System.nanoTime() - began) / 1e9;
        TimeUnit.MILLISECONDS.sleep(1_500);
        print("fill: %d records of 1 KiB in %.1f s, %.0f/s", records, took, records / took);
    }

    private void write(int key, byte[] value, Runnable durable) {
        int partition = key % PARTITIONS;
        loops[partition % LOOPS].post(
                () -> store.append(partition, key(key), new byte[META_BYTES], value, 1, result -> {
                    requireDurable(result);
                    durable.run();
                }));
    }

    private static void waitUntilLessThan(int outstanding, long sent, AtomicLong durable) {
        while (sent - durable.get() >= outstanding) {
            LockSupport.parkNanos(100_000);
        }
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
        print(
                "start with %s: %d records (%d segments, %.2f GB) ready after %.2f s, %.0f records/s",
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

    // --- overwrites ---

    private void overwrites(int keys, int seconds, int rate) throws Exception {
        open();
        millisUntilReady();
        AtomicLong durable = new AtomicLong();
        SplittableRandom random = new SplittableRandom(1);
        byte[] value = new byte[VALUE_BYTES];
        long sent = 0;
        for (; sent < 3L * keys; sent++) {
            waitUntilLessThan(OUTSTANDING, sent, durable);
            write(sent < keys ? (int) sent : random.nextInt(keys), value, durable::incrementAndGet);
        }
        CompactionReport before = store.report().compaction();
        long appendedBefore = store.report().log().appendedBytes();
        Watch watch = new Watch();
        Latencies[] latencies =
                IntStream.range(0, LOOPS).mapToObj(i -> new Latencies()).toArray(Latencies[]::new);
        long warmUp = sent;
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(seconds);
        for (long now = began; now < end; now = System.nanoTime()) {
            watch.look(now);
            if (rate > 0 && (now - began) * rate < (sent - warmUp) * 1_000_000_000L) {
                LockSupport.parkNanos(100_000);
                continue;
            }
            waitUntilLessThan(rate == 0 ? OUTSTANDING : MOST_OUTSTANDING, sent, durable);
            long intended = rate == 0 ? System.nanoTime() : began + (sent - warmUp) * 1_000_000_000L / rate;
            int key = random.nextInt(keys);
            write(key, value, () -> {
                long took = System.nanoTime() - intended;
                latencies[key % PARTITIONS % LOOPS].add(took);
                watch.longest.accumulateAndGet(took, Math::max);
                durable.incrementAndGet();
            });
            sent++;
        }
        waitUntilLessThan(1, sent, durable);
        double took = (System.nanoTime() - began) / 1e9;
        TimeUnit.MILLISECONDS.sleep(1_500);
        StorageReport report = store.report();
        long[] sorted = Latencies.sorted(latencies);
        print(
                "overwrites of %d records, %s: %.0f/s, %s",
                keys, rate == 0 ? "saturating" : "rate " + rate, sorted.length / took, Latencies.text(sorted));
        print(
                "log by live bytes: mean %.2f, worst %.2f; %d segments removed; %.2f GB appended, %.2f GB of them copies",
                watch.sum / watch.samples,
                watch.worst,
                report.compaction().rounds() - before.rounds(),
                (report.log().appendedBytes() - appendedBefore) / 1e9,
                (report.compaction().rewrittenBytes() - before.rewrittenBytes()) / 1e9);
        close();
    }

    /** Looks once a second; tells of seconds in which a write took long. */
    private final class Watch {
        private static final long TELL_NANOS = 50_000_000;

        private final AtomicLong longest = new AtomicLong();
        private final long began = System.nanoTime();
        private long next = began + TimeUnit.SECONDS.toNanos(1);
        private StorageReport before = store.report();
        private double sum;
        private double worst;
        private int samples;

        private void look(long now) {
            if (now < next) {
                return;
            }
            next += TimeUnit.SECONDS.toNanos(1);
            StorageReport report = store.report();
            long live = report.liveBytes().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            double amplification = (double) report.log().logBytes() / live;
            sum += amplification;
            worst = Math.max(worst, amplification);
            samples++;
            long write = longest.getAndSet(0);
            long fsync = fsyncs.longest.getAndSet(0);
            if (write > TELL_NANOS) {
                print(
                        "  second %d: longest write %.0f ms, longest fsync %.0f ms, log by live %.2f, %+d segments, %d rounds, %.1f MB appended, %.1f MB of them copies",
                        (now - began) / 1_000_000_000,
                        write / 1e6,
                        fsync / 1e6,
                        amplification,
                        report.log().segments() - before.log().segments(),
                        report.compaction().rounds() - before.compaction().rounds(),
                        (report.log().appendedBytes() - before.log().appendedBytes()) / 1e6,
                        (report.compaction().rewrittenBytes()
                                        - before.compaction().rewrittenBytes())
                                / 1e6);
            }
            before = report;
        }
    }
}
