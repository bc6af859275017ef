package io.kvcluster.node.seams;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Daemon threads behind a bounded queue; they end when idle for 10 s. A task that throws is a bug and ends the node. */
final class ThreadWorker implements Environment.Worker {
    private final ThreadPoolExecutor pool;
    private final Consumer<Throwable> onBug;

    ThreadWorker(String name, int threads, int queue, Consumer<Throwable> onBug) {
        this.onBug = onBug;
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name + "-", 0).daemon(true).factory());
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean offer(Runnable task) {
        try {
            pool.execute(() -> {
                try {
                    task.run();
                } catch (Throwable bug) {
                    onBug.accept(bug);
                }
            });
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
