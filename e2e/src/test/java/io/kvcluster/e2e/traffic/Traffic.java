package io.kvcluster.e2e.traffic;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.history.Action;
import io.kvcluster.history.HistoryFile;
import io.kvcluster.history.HistoryRecorder;
import io.kvcluster.history.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that put, get and delete until they are stopped. Every operation is on record, in a file, from before its first byte is
 * sent; the file stays in {@code target/histories} for a look when a run failed.
 */
public final class Traffic implements AutoCloseable {
    public static final Path FOLDER = Path.of("target", "histories");
    private static final long END_SECONDS = 30;

    private final Plan plan;
    private final KvClient client;
    private final Path file;
    private final HistoryFile disk;
    private final HistoryRecorder recorder;
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<String, Acknowledged> newest = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor threads;
    private final AtomicReference<Throwable> broken = new AtomicReference<>();

    private Traffic(Cluster cluster, Plan plan) {
        this.plan = plan;
        try {
            this.file = Files.createDirectories(FOLDER).resolve(plan.prefix() + ".jsonl");
            Files.deleteIfExists(file);
            this.disk = HistoryFile.create(file);
        } catch (IOException e) {
            throw new UncheckedIOException("history of " + plan.prefix(), e);
        }
        this.recorder = new HistoryRecorder(System::nanoTime, disk);
        this.client = cluster.connect();
        this.threads = new ScheduledThreadPoolExecutor(plan.clients());
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    public static Traffic start(Cluster cluster, Plan plan) {
        Traffic traffic = new Traffic(cluster, plan);
        for (int i = 0; i < plan.clients(); i++) {
            Worker worker = traffic.new Worker("c" + i, new Random(i));
            long offset = plan.pace().toNanos() * i / plan.clients();
            traffic.threads.scheduleAtFixedRate(worker, offset, plan.pace().toNanos(), TimeUnit.NANOSECONDS);
        }
        return traffic;
    }

    /** So far. */
    public long acknowledged() {
        throwBroken();
        return acknowledged.sum();
    }

    /** Returns when so many are acknowledged; fails when that takes longer than the patience. */
    public void awaitAcknowledged(long operations, Duration patience) {
        await(operations + " acknowledged operations")
                .atMost(patience)
                .pollInterval(Cluster.POLL)
                .until(() -> acknowledged() >= operations);
    }

    /** The same for so many more than there are now. */
    public void awaitMore(long operations, Duration patience) {
        awaitAcknowledged(acknowledged() + operations, patience);
    }

    /** So far: neither acknowledged nor answered. */
    public long failed() {
        return failed.sum();
    }

    /** By key: the write with the greatest version among those that were acknowledged. Every level promises that it, or a newer one, stays. */
    public Map<String, Acknowledged> newestAcknowledged() {
        return Map.copyOf(newest);
    }

    /** Lets every operation end. */
    public Report stop() {
        close();
        throwBroken();
        try {
            return new Report(HistoryFile.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Also called after {@link #stop}. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "operations with a timeout of " + plan.timeout() + " did not end within " + END_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            client.close();
            closeFile();
        }
    }

    private void closeFile() {
        try {
            disk.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void throwBroken() {
        Throwable cause = broken.get();
        if (cause != null) {
            throw new IllegalStateException("a traffic client broke", cause);
        }
    }

    /** One client: its operations follow each other. */
    private final class Worker implements Runnable {
        private final String name;
        private final Random random;
        private final List<String> keys;
        private long written;

        Worker(String name, Random random) {
            this.name = name;
            this.random = random;
            this.keys = plan.allKeys();
        }

        @Override
        public void run() {
            try {
                operate(keys.get(random.nextInt(keys.size())), random.nextInt(100));
            } catch (RuntimeException e) {
                // The executor would end this client silently.
                broken.compareAndSet(null, e);
                throw e;
            }
        }

        private void operate(String key, int die) {
            ByteString bytes = ByteString.copyFromUtf8(key);
            RequestOptions options = RequestOptions.DEFAULT.at(plan.level()).within(plan.timeout());
            if (die < plan.deletePercent()) {
                var operation = recorder.invoke(name, key, Action.delete());
                WriteOutcome outcome = client.delete(bytes, options);
                complete(operation, write(outcome));
                Acknowledged.of(outcome, "").ifPresent(write -> newest.merge(key, write, Acknowledged::newer));
            } else if (die < plan.writePercent()) {
                String value = name + "-" + written++;
                var operation = recorder.invoke(name, key, Action.put(value));
                WriteOutcome outcome = client.put(bytes, ByteString.copyFromUtf8(value), options);
                complete(operation, write(outcome));
                Acknowledged.of(outcome, value).ifPresent(write -> newest.merge(key, write, Acknowledged::newer));
            } else {
                var operation = recorder.invoke(name, key, Action.get());
                complete(operation, read(client.get(bytes, options)));
            }
        }

        private void complete(HistoryRecorder.Invocation operation, Outcome outcome) {
            operation.complete(outcome);
            if (Report.isAcknowledged(outcome)) {
                acknowledged.increment();
            } else {
                failed.increment();
            }
        }

        private static Outcome write(WriteOutcome outcome) {
            return switch (outcome) {
                case WriteOutcome.Applied _ -> Outcome.applied();
                case WriteOutcome.NotApplied(String reason, String message, boolean _) ->
                    Outcome.notApplied(reason + ": " + message);
                case WriteOutcome.Unknown(String reason, String message) -> Outcome.unknown(reason + ": " + message);
            };
        }

        private static Outcome read(GetOutcome outcome) {
            return switch (outcome) {
                case GetOutcome.Found found -> Outcome.found(found.value().toStringUtf8());
                case GetOutcome.NotFound _ -> Outcome.absent();
                case GetOutcome.Failed(String reason, String message, boolean _) ->
                    Outcome.notApplied(reason + ": " + message);
            };
        }
    }
}
