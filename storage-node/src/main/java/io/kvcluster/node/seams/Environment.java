package io.kvcluster.node.seams;

import java.util.random.RandomGenerator;

/** The world of one node. */
public interface Environment {
    Clock clock();

    /** Not for several threads at once: each loop asks for its own with {@link #newRandom}. */
    RandomGenerator newRandom(String purpose);

    /** Makes and starts a loop. {@code name} is the thread's name in production. */
    Loop newLoop(String name, int mailbox);

    /** For work that blocks (file reads, index growth): bounded threads, no order. A refused task is a false answer. */
    Worker newWorker(String name, int threads, int queue);

    Disk disk();

    /** Names the kernel's run: while it is the same, no power cut happened. Empty when nobody knows. */
    String bootId();

    /** Stops the process at once because going on could lose data. Does not return in production. */
    void halt(int exitCode, String why);

    /** Threads for blocking work. */
    interface Worker {
        boolean offer(Runnable task);

        void close();
    }
}
