package io.kvcluster.node.seams;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A thread of the network as a loop: tasks run in the order given, between its reads and its writes. */
final class NetworkLoop implements Loop {
    private final EventLoop eventLoop;
    private final int capacity;
    private final Consumer<Throwable> onBug;
    private final AtomicInteger depth = new AtomicInteger();

    NetworkLoop(EventLoop eventLoop, int capacity, Consumer<Throwable> onBug) {
        this.eventLoop = eventLoop;
        this.capacity = capacity;
        this.onBug = onBug;
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
        try {
            eventLoop.execute(() -> {
                depth.decrementAndGet();
                run(task);
            });
        } catch (RejectedExecutionException ended) {
            depth.decrementAndGet(); // the node stops: nobody is left to run it
        }
    }

    /** The event loop itself would log what a task throws and go on. */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable bug) {
            onBug.accept(bug);
        }
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        Due due = new Due(task);
        try {
            due.entry = eventLoop.schedule(due, Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            due.cancelled = true;
        }
        return due;
    }

    @Override
    public boolean isCurrent() {
        return eventLoop.inEventLoop();
    }

    @Override
    public int depth() {
        return depth.get();
    }

    private final class Due implements Timer, Runnable {
        private final Runnable task;
        private @Nullable Future<?> entry;
        private volatile boolean cancelled;

        private Due(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                NetworkLoop.this.run(task);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            Future<?> queued = entry;
            if (queued != null) {
                queued.cancel(false);
            }
        }
    }
}
