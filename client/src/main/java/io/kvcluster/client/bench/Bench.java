package io.kvcluster.client.bench;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Outcome;
import io.kvcluster.client.WriteOutcome;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * One run: load all keys, warm up, measure. The loops go on without a break from warm-up to the end; only what they count
 * into is exchanged, so an operation belongs to the phase in which it ends.
 */
public final class Bench {
    private static final int LOAD_ATTEMPTS = 100;

    private final KvClient client;
    private final BenchPlan plan;
    private final KeyDistribution.Chooser chooser;
    private final ByteString bytes;
    private final LongAdder loaded = new LongAdder();
    private final Phaser loops = new Phaser(1);
    private volatile Phase phase = Phase.LOAD;
    private volatile Counts counts = new Counts();
    private volatile boolean stopped;

    /** Where a run is. */
    public enum Phase {
        LOAD,
        WARM_UP,
        MEASURE
    }

    private record Counts(Tally reads, Tally puts) {
        Counts() {
            this(new Tally(), new Tally());
        }
    }

    public Bench(KvClient client, BenchPlan plan) {
        this.client = client;
        this.plan = plan;
        this.chooser = plan.distribution().over(plan.keys());
        byte[] random = new byte[plan.valueBytes() + (1 << 16)];
        new Random(plan.seed()).nextBytes(random);
        this.bytes = ByteString.copyFrom(random);
    }

    public Phase phase() {
        return phase;
    }

    /** Keys put by the load so far. */
    public long loaded() {
        return loaded.sum();
    }

    /** Operations answered in the present phase so far. */
    public long answered() {
        return counts.reads().latencies().getTotalCount()
                + counts.puts().latencies().getTotalCount();
    }

    /**
     * @param measured told when measuring begins (true) and ends (false), to look at the servers
     * @throws IllegalStateException when a key cannot be loaded
     */
    public BenchResult run(MeasureListener measured) throws InterruptedException {
        if (plan.load()) {
            load();
        }
        phase = Phase.WARM_UP;
        for (int i = 0; i < plan.concurrency(); i++) {
            loops.register();
            new Loop(new SplittableRandom(plan.seed() + i)).go();
        }
        TimeUnit.NANOSECONDS.sleep(plan.warmUp().toNanos());
        measured.measuring(true);
        long cpuBefore = cpuNanos();
        long begin = System.nanoTime();
        counts = new Counts();
        phase = Phase.MEASURE;
        TimeUnit.NANOSECONDS.sleep(plan.duration().toNanos());
        Counts result = counts;
        counts = new Counts();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuMicros = (cpuNanos() - cpuBefore) / 1e3;
        measured.measuring(false);
        stopped = true;
        loops.arriveAndAwaitAdvance();
        Latencies reads = Latencies.of(result.reads(), seconds);
        Latencies puts = Latencies.of(result.puts(), seconds);
        return new BenchResult(seconds, reads, puts, cpuMicros / Math.max(1, reads.operations() + puts.operations()));
    }

    /** Called on the thread that runs. */
    @FunctionalInterface
    public interface MeasureListener {
        void measuring(boolean begins);
    }

    private void load() throws InterruptedException {
        Semaphore room = new Semaphore(plan.concurrency());
        AtomicLong failed = new AtomicLong();
        RandomGenerator random = new SplittableRandom(plan.seed());
        for (int i = 0; i < plan.keys() && failed.get() == 0; i++) {
            room.acquire();
            load(i, value(random), LOAD_ATTEMPTS).thenAccept(done -> {
                (done ? loaded : new LongAdder()).increment();
                failed.addAndGet(done ? 0 : 1);
                room.release();
            });
        }
        room.acquire(plan.concurrency());
        if (failed.get() > 0) {
            throw new IllegalStateException("the keys could not be loaded: a put failed " + LOAD_ATTEMPTS + " times");
        }
    }

    private CompletableFuture<Boolean> load(int index, ByteString value, int attempts) {
        return client.putAsync(key(index), value, plan.request()).thenCompose(outcome -> {
            if (outcome instanceof WriteOutcome.Applied) {
                return CompletableFuture.completedFuture(true);
            }
            return attempts == 1
                    ? CompletableFuture.completedFuture(false)
                    : CompletableFuture.supplyAsync(
                                    () -> load(index, value, attempts - 1),
                                    CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
                            .thenCompose(later -> later);
        });
    }

    private static ByteString key(int index) {
        return ByteString.copyFromUtf8("bench/" + index);
    }

    private ByteString value(RandomGenerator random) {
        int from = random.nextInt(1 << 16);
        return bytes.substring(from, from + plan.valueBytes());
    }

    private static long cpuNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(java.time.Duration::toNanos)
                .orElse(0L);
    }

    /** One operation in flight at a time. Its continuations run on network threads, one after the other. */
    private final class Loop {
        private final RandomGenerator random;

        Loop(RandomGenerator random) {
            this.random = random;
        }

        /** Goes on in place while outcomes are there at once (a refusal by the client itself), else when one comes. */
        void go() {
            while (!stopped) {
                boolean read = random.nextInt(100) < plan.readPercent();
                ByteString key = key(chooser.next(random));
                long begin = System.nanoTime();
                CompletableFuture<? extends Outcome> operation = read
                        ? client.getAsync(key, plan.request())
                        : client.putAsync(key, value(random), plan.request());
                if (!operation.isDone()) {
                    operation.thenAccept(outcome -> {
                        count(outcome, System.nanoTime() - begin);
                        go();
                    });
                    return;
                }
                count(operation.join(), System.nanoTime() - begin);
            }
            loops.arriveAndDeregister();
        }

        private void count(Outcome outcome, long nanos) {
            Counts now = counts;
            switch (outcome) {
                case GetOutcome.Found _ -> now.reads().done(nanos);
                case GetOutcome.NotFound _ -> now.reads().notFound(nanos);
                case GetOutcome.Failed failed -> now.reads().error(failed.reason());
                case WriteOutcome.Applied _ -> now.puts().done(nanos);
                case WriteOutcome.NotApplied refused -> now.puts().error(refused.reason());
                case WriteOutcome.Unknown lost -> now.puts().error("UNKNOWN_" + lost.reason());
            }
        }
    }
}
