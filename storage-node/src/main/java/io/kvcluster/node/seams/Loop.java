package io.kvcluster.node.seams;

/**
 * One owner's order of work: tasks run one at a time, in the order given. In production a platform thread that drains a
 * bounded mailbox, in the simulation the virtual-time queue. A task that throws ends the node (a bug must not go on quietly).
 */
public interface Loop {
    /** New work from outside. False, and nothing happens, when the mailbox is full. Any thread. */
    boolean offer(Runnable task);

    /** The continuation of work already admitted (a completion, an answer): never refused, bounded by what was admitted. Any thread. */
    void post(Runnable task);

    /** Runs the task on this loop after at least the given nanoseconds. Only on this loop, or before it runs. */
    Timer after(long nanos, Runnable task);

    /** True on the loop's own thread. */
    boolean isCurrent();

    /** Tasks waiting now; for metrics. Any thread. */
    int depth();

    /** A task for later that can be taken back. */
    interface Timer {
        /** After this, on the loop, the task does not run. */
        void cancel();
    }
}
