package io.kvcluster.node.coordinator;

import io.kvcluster.node.seams.Loop;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** One queue of events for a whole simulated cluster. Same events in, same order out. */
final class VirtualTime {
    private record Event(long at, long sequence, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long sequence;

    long now() {
        return now;
    }

    void at(long time, Runnable task) {
        events.add(new Event(Math.max(time, now), sequence++, task));
    }

    void after(long nanos, Runnable task) {
        at(now + nanos, task);
    }

    /** Runs until nothing is left or the condition holds. */
    void runUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Event next = events.poll();
            if (next == null) {
                return;
            }
            now = next.at;
            next.task.run();
        }
    }

    /** A loop of one process: its tasks vanish when the process has died, and wait while it is paused. */
    final class ProcessLoop implements Loop {
        private final BooleanSupplier alive;
        private final java.util.function.LongSupplier pausedUntil;

        ProcessLoop(BooleanSupplier alive, java.util.function.LongSupplier pausedUntil) {
            this.alive = alive;
            this.pausedUntil = pausedUntil;
        }

        @Override
        public boolean offer(Runnable task) {
            post(task);
            return true;
        }

        @Override
        public void post(Runnable task) {
            at(now, () -> run(task));
        }

        private void run(Runnable task) {
            if (!alive.getAsBoolean()) {
                return;
            }
            if (pausedUntil.getAsLong() > now) {
                at(pausedUntil.getAsLong(), () -> run(task));
            } else {
                task.run();
            }
        }

        @Override
        public Timer after(long nanos, Runnable task) {
            boolean[] cancelled = new boolean[1];
            at(
                    now + nanos,
                    () -> run(() -> {
                        if (!cancelled[0]) {
                            task.run();
                        }
                    }));
            return () -> cancelled[0] = true;
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public int depth() {
            return 0;
        }
    }
}
