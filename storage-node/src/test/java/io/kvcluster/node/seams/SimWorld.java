package io.kvcluster.node.seams;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * One virtual-time queue for a whole cluster: every task of every loop, timer and link is an event on it. Two events of the
 * same instant run in the order in which they were given, so that a seed names exactly one run.
 *
 * <p>A task that would block its thread (a force of a file) says how long with {@link #elapse}: what it does afterwards, and what
 * its loop does next, happens that much later.
 */
public final class SimWorld {
    /** Events that one {@code run} may execute before it is taken for an endless loop. */
    private static final long EVENTS_PER_RUN = 50_000_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final long seed;
    private long sequence;
    private long nanos;
    private long elapsed;
    private long executed;

    private record Event(long atNanos, long sequence, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    public SimWorld(long seed) {
        this.seed = seed;
    }

    /** Independent of other purposes: a new user of chance does not change what the others draw. */
    public RandomGenerator newRandom(String purpose) {
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + purpose.hashCode());
    }

    public long nanos() {
        return nanos + elapsed;
    }

    public void at(long delayNanos, Runnable task) {
        events.add(new Event(nanos() + Math.max(0, delayNanos), sequence++, task));
    }

    /** The task that runs now takes so long. */
    public void elapse(long duration) {
        elapsed += duration;
    }

    /** True when the task that runs now has blocked: what it gives to others comes later than what is due at once. */
    boolean hasElapsed() {
        return elapsed > 0;
    }

    /** Everything that happens in this much time. */
    public void runFor(long durationNanos) {
        long end = nanos + durationNanos;
        runWhile(() -> !events.isEmpty() && events.peek().atNanos <= end);
        nanos = end;
    }

    public void runForMillis(long millis) {
        runFor(millis * 1_000_000);
    }

    /** Until the condition holds. @throws AssertionError when it does not within the time */
    public void runUntil(String what, long withinMillis, BooleanSupplier condition) {
        long end = nanos + withinMillis * 1_000_000;
        runWhile(() -> !condition.getAsBoolean() && !events.isEmpty() && events.peek().atNanos <= end);
        if (!condition.getAsBoolean()) {
            throw new AssertionError("not within " + withinMillis + " ms: " + what);
        }
    }

    private void runWhile(BooleanSupplier goOn) {
        for (long count = 0; goOn.getAsBoolean(); count++) {
            if (count == EVENTS_PER_RUN) {
                throw new AssertionError("endless: " + EVENTS_PER_RUN + " events without an end");
            }
            Event next = events.remove();
            nanos = Math.max(nanos, next.atNanos);
            executed++;
            elapsed = 0;
            next.task.run();
            elapsed = 0;
        }
    }

    /** Events so far: equal for two runs of one seed. */
    public long executed() {
        return executed;
    }
}
