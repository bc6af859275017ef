package io.kvcluster.node.seams;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The world of one node. */
public interface Environment {
    Clock clock();

    /** Not for several threads at once: each loop asks for its own with {@link #newRandom}. */
    RandomGenerator newRandom(String purpose);

    /** Makes and starts a loop. {@code name} is the thread's name in production. */
    Loop newLoop(String name, int mailbox);

    /** Makes and starts the loops that own partitions, named core-0, core-1, ...; in production they serve the network too. Once. */
    default List<Loop> newCores(int count, int mailbox) {
        List<Loop> cores = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            cores.add(newLoop("core-" + i, mailbox));
        }
        return cores;
    }

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
