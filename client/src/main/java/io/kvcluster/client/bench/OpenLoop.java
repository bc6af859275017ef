package io.kvcluster.client.bench;

import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Operations at even distances in time, on one thread. Operation i is due at begin + i / rate, and its latency counts from
 * then, not from when it was sent: what waits because servers or this process are late is in the figures (no coordinated
 * omission). When as many are in flight as allowed, the next one waits, and stays due when it was.
 */
final class OpenLoop implements Load {
    private static final long LOOK_MILLIS = 100;

    private final Operations operations;
    private final Pace.Open pace;
    private final long seed;
    private final Semaphore room;
    private final LongAdder ended = new LongAdder();
    private final Thread thread;
    private volatile long begin;
    private volatile boolean stopped;

    OpenLoop(Operations operations, Pace.Open pace, long seed) {
        this.operations = operations;
        this.pace = pace;
        this.seed = seed;
        this.room = new Semaphore(pace.inFlight());
        this.thread = Thread.ofPlatform().daemon().name("kv-bench-rate").unstarted(this::run);
    }

    @Override
    public void start() {
        begin = System.nanoTime();
        thread.start();
    }

    private void run() {
        SplittableRandom random = new SplittableRandom(seed);
        double interval = TimeUnit.SECONDS.toNanos(1) / pace.perSecond();
        for (long i = 0; !stopped; i++) {
            long due = begin + (long) (i * interval);
            if (waitFor(due) && enter()) {
                operations.next(random).thenAccept(outcome -> {
                    operations.count(outcome, System.nanoTime() - due);
                    ended.increment();
                    room.release();
                });
            }
        }
    }

    private boolean waitFor(long due) {
        for (long left = due - System.nanoTime(); left > 0 && !stopped; left = due - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)));
        }
        return !stopped;
    }

    private boolean enter() {
        try {
            while (!room.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stopped) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            stopped = true; // nobody but the end of the process interrupts this thread
            return false;
        }
    }

    @Override
    public OptionalLong behind() {
        double due = (System.nanoTime() - begin) / 1e9 * pace.perSecond();
        return OptionalLong.of(Math.max(0, (long) due - ended.sum()));
    }

    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        thread.join();
        room.acquire(pace.inFlight());
    }
}
