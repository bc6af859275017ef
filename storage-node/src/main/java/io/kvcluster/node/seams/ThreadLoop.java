package io.kvcluster.node.seams;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A platform thread that drains a mailbox. Between two batches of tasks it runs the timers that are due; with nothing to do it
 * parks, and the next giver of a task unparks it. The flag {@code parked} is set before the mailbox is looked at a last time and
 * read after a task was put in, so that one of the two sides always sees the other.
 */
final class ThreadLoop implements Loop {
    private static final int BATCH = 256;
    private static final int PURGE_AT = 1_024;

    private final int capacity;
    private final Consumer<Throwable> onBug;
    private final ConcurrentLinkedQueue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger depth = new AtomicInteger();
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean stopped;

    // Owned by the thread.
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.<Due>comparingLong(due -> due.at).thenComparingLong(due -> due.order));
    private final long origin = System.nanoTime();
    private long timersMade;
    private int cancelled;

    ThreadLoop(String name, int capacity, Consumer<Throwable> onBug) {
        this.capacity = capacity;
        this.onBug = onBug;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread after the task that it runs; what waits is dropped. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    @Override
    public boolean offer(Runnable task) {
        if (depth.get() >= capacity) {
            return false;
        }
        post(task);
        return true;
    }

    @Override
    public void post(Runnable task) {
        depth.incrementAndGet();
        mailbox.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        Due due = new Due(now() + Math.max(0, nanos), task);
        if (isCurrent()) {
            schedule(due);
        } else {
            post(() -> schedule(due));
        }
        return due;
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread().threadId() == thread.threadId();
    }

    @Override
    public int depth() {
        return depth.get();
    }

    private void run() {
        try {
            while (!stopped) {
                if (runTasks() + runTimers() == 0) {
                    idle();
                }
            }
        } catch (Throwable bug) {
            onBug.accept(bug);
        }
    }

    private int runTasks() {
        int ran = 0;
        while (ran < BATCH && !stopped) {
            Runnable task = mailbox.poll();
            if (task == null) {
                break;
            }
            depth.decrementAndGet();
            task.run();
            ran++;
        }
        return ran;
    }

    private int runTimers() {
        int ran = 0;
        while (ran < BATCH && !stopped) {
            Due due = timers.peek();
            if (due == null || due.at > now()) {
                break;
            }
            timers.poll();
            due.queued = false;
            if (due.cancelled) {
                cancelled--;
            } else {
                due.task.run();
                ran++;
            }
        }
        return ran;
    }

    private void idle() {
        parked = true;
        if (mailbox.isEmpty() && !stopped) {
            Due due = timers.peek();
            if (due == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, due.at - now());
            }
        }
        parked = false;
    }

    private void schedule(Due due) {
        due.order = timersMade++;
        due.queued = true;
        timers.add(due);
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private final class Due implements Timer {
        private final long at;
        private final Runnable task;
        private long order;
        private boolean queued;
        private boolean cancelled;

        private Due(long at, Runnable task) {
            this.at = at;
            this.task = task;
        }

        /** Cancelled timers stay in the heap until they are due or are its greater half: removing one costs a walk. */
        @Override
        public void cancel() {
            if (cancelled || !queued) {
                cancelled = true;
                return;
            }
            cancelled = true;
            ThreadLoop.this.cancelled++;
            if (ThreadLoop.this.cancelled > PURGE_AT && ThreadLoop.this.cancelled > timers.size() / 2) {
                timers.removeIf(due -> due.cancelled);
                ThreadLoop.this.cancelled = 0;
            }
        }
    }
}
