package io.kvcluster.client.bench;

import io.kvcluster.client.KvClient;
import io.kvcluster.client.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * One run: load all keys, warm up, measure. The load goes on without a break from warm-up to the end; only what it counts
 * into is taken out at the borders, so an operation belongs to the phase in which it ends.
 */
public final class Bench {
    /** The most points that a run's timeline has: intervals are a second, or longer in a longer run. */
    public static final int MOST_MOMENTS = 240;

    private static final int LOAD_ATTEMPTS = 100;

    private final BenchPlan plan;
    private final Operations operations;
    private final LongAdder loaded = new LongAdder();
    private volatile Phase phase = Phase.LOAD;
    private volatile long answeredBefore;

    /** Where a run is. */
    public enum Phase {
        LOAD,
        WARM_UP,
        MEASURE
    }

    public Bench(KvClient client, BenchPlan plan) {
        this.plan = plan;
        this.operations = new Operations(client, plan);
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
        return allAnswered() - answeredBefore;
    }

    /**
     * @param measured told when measuring begins (true) and ends (false), to look at the servers
     * @throws IllegalStateException when a key cannot be loaded
     */
    public BenchResult run(MeasureListener measured) throws InterruptedException {
        if (plan.load()) {
            load();
        }
        Load load = Load.of(plan.pace(), operations, plan.seed());
        enter(Phase.WARM_UP);
        load.start();
        TimeUnit.NANOSECONDS.sleep(plan.warmUp().toNanos());
        measured.measuring(true);
        BenchResult result = measure(load);
        measured.measuring(false);
        load.stop();
        return result;
    }

    /** Called on the thread that runs. */
    @FunctionalInterface
    public interface MeasureListener {
        void measuring(boolean begins);
    }

    private BenchResult measure(Load load) throws InterruptedException {
        Tally.Counts reads = new Tally.Counts();
        Tally.Counts puts = new Tally.Counts();
        List<Moment> timeline = new ArrayList<>();
        operations.reads().take();
        operations.puts().take();
        enter(Phase.MEASURE);
        long cpuBefore = cpuNanos();
        long begin = System.nanoTime();
        long last = begin;
        int intervals = intervals(plan.duration());
        for (int i = 1; i <= intervals; i++) {
            long due = begin + plan.duration().toNanos() / intervals * i;
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
            long now = System.nanoTime();
            Tally.Counts newReads = operations.reads().take();
            Tally.Counts newPuts = operations.puts().take();
            timeline.add(Moment.of((now - begin) / 1e9, (now - last) / 1e9, newReads, newPuts));
            reads.add(newReads);
            puts.add(newPuts);
            last = now;
        }
        OptionalLong behind = load.behind();
        double seconds = (last - begin) / 1e9;
        double cpuMicros = (cpuNanos() - cpuBefore) / 1e3;
        long count = reads.nanos.getTotalCount() + puts.nanos.getTotalCount();
        return new BenchResult(
                seconds,
                Latencies.of(reads, seconds),
                Latencies.of(puts, seconds),
                cpuMicros / Math.max(1, count),
                timeline,
                behind);
    }

    private static int intervals(Duration duration) {
        return (int) Math.clamp(duration.toSeconds(), 1, MOST_MOMENTS);
    }

    private void enter(Phase next) {
        answeredBefore = allAnswered();
        phase = next;
    }

    private long allAnswered() {
        return operations.reads().answered() + operations.puts().answered();
    }

    private void load() throws InterruptedException {
        int inFlight = Math.min(plan.pace().inFlight(), 100);
        Semaphore room = new Semaphore(inFlight);
        AtomicLong failed = new AtomicLong();
        SplittableRandom random = new SplittableRandom(plan.seed());
        for (int i = 0; i < plan.keys() && failed.get() == 0; i++) {
            room.acquire();
            load(i, random.split(), LOAD_ATTEMPTS).thenAccept(done -> {
                (done ? loaded : new LongAdder()).increment();
                failed.addAndGet(done ? 0 : 1);
                room.release();
            });
        }
        room.acquire(inFlight);
        if (failed.get() > 0) {
            throw new IllegalStateException("the keys could not be loaded: a put failed " + LOAD_ATTEMPTS + " times");
        }
    }

    private CompletableFuture<Boolean> load(int index, RandomGenerator random, int attempts) {
        return operations.load(index, random).thenCompose(outcome -> {
            if (outcome instanceof WriteOutcome.Applied) {
                return CompletableFuture.completedFuture(true);
            }
            return attempts == 1
                    ? CompletableFuture.completedFuture(false)
                    : CompletableFuture.supplyAsync(
                                    () -> load(index, random, attempts - 1),
                                    CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
                            .thenCompose(later -> later);
        });
    }

    private static long cpuNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }
}
