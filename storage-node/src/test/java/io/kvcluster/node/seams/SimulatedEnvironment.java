package io.kvcluster.node.seams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Loops, workers and timers on one thread and one virtual clock: each step runs the next task of one of them, drawn by a seeded
 * random, so that every order of the real threads is possible and each is repeatable.
 */
public final class SimulatedEnvironment implements Environment {
    private static final long WALL_START = 1_700_000_000_000L;

    private final SplittableRandom random;
    private final Disk disk;
    private final String bootId;
    private final List<Lane> lanes = new ArrayList<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.<Due>comparingLong(due -> due.at).thenComparingLong(due -> due.order));
    private long nanos;
    private long timersMade;
    private Lane running;

    public SimulatedEnvironment(long seed, Disk disk, String bootId) {
        this.random = new SplittableRandom(seed);
        this.disk = disk;
        this.bootId = bootId;
    }

    /** Runs tasks and, when there are none, time, until the condition holds. @throws AssertionError after too many steps */
    public void runUntil(BooleanSupplier condition) {
        for (int steps = 0; !condition.getAsBoolean(); steps++) {
            if (steps > 2_000_000) {
                throw new AssertionError("nothing led to the condition in " + steps + " steps");
            }
            step();
        }
    }

    /** Runs everything that happens within this time. */
    public void runFor(long duration) {
        long end = nanos + duration;
        while (isBusy() || (!timers.isEmpty() && timers.peek().at <= end)) {
            step();
        }
        nanos = end;
    }

    /** A thread of this name hangs. */
    public void stopWorkers(String name) {
        lanes.stream().filter(lane -> lane.name.equals(name)).forEach(lane -> lane.stopped = true);
    }

    public void startWorkers(String name) {
        lanes.stream().filter(lane -> lane.name.equals(name)).forEach(lane -> lane.stopped = false);
    }

    public void step() {
        int ready = 0;
        for (Lane lane : lanes) {
            ready += lane.isReady() ? 1 : 0;
        }
        if (ready > 0) {
            runOne(random.nextInt(ready));
            return;
        }
        Due due = timers.poll();
        if (due == null) {
            throw new AssertionError("nothing will ever happen again");
        }
        nanos = Math.max(nanos, due.at);
        if (!due.cancelled) {
            due.lane.tasks.add(due.task);
        }
    }

    private void runOne(int ready) {
        int left = ready;
        for (Lane lane : List.copyOf(lanes)) {
            if (lane.isReady() && left-- == 0) {
                lane.runOne();
                return;
            }
        }
    }

    private boolean isBusy() {
        return lanes.stream().anyMatch(Lane::isReady);
    }

    @Override
    public Clock clock() {
        return new Clock() {
            @Override
            public long wallMillis() {
                return WALL_START + nanos / 1_000_000;
            }

            @Override
            public long nanos() {
                return nanos;
            }
        };
    }

    @Override
    public RandomGenerator newRandom(String purpose) {
        return random.split();
    }

    @Override
    public Loop newLoop(String name, int mailbox) {
        Lane lane = new Lane(name, mailbox);
        lanes.add(lane);
        return lane;
    }

    @Override
    public Worker newWorker(String name, int threads, int queue) {
        Lane lane = new Lane(name, queue);
        lanes.add(lane);
        return new Worker() {
            @Override
            public boolean offer(Runnable task) {
                return lane.offer(task);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public String bootId() {
        return bootId;
    }

    @Override
    public void halt(int exitCode, String why) {
        throw new ProcessHalted(exitCode, why);
    }

    private final class Lane implements Loop {
        private final String name;
        private final int capacity;
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private boolean stopped;

        private Lane(String name, int capacity) {
            this.name = name;
            this.capacity = capacity;
        }

        private boolean isReady() {
            return !stopped && !tasks.isEmpty();
        }

        private void runOne() {
            Lane before = running;
            running = this;
            try {
                tasks.remove().run();
            } finally {
                running = before;
            }
        }

        @Override
        public boolean offer(Runnable task) {
            return tasks.size() < capacity && tasks.add(task);
        }

        @Override
        public void post(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer after(long delay, Runnable task) {
            Due due = new Due(this, nanos + Math.max(0, delay), timersMade++, task);
            timers.add(due);
            return () -> due.cancelled = true;
        }

        @Override
        public boolean isCurrent() {
            return running == this;
        }

        @Override
        public int depth() {
            return tasks.size();
        }
    }

    private static final class Due {
        private final Lane lane;
        private final long at;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        private Due(Lane lane, long at, long order, Runnable task) {
            this.lane = lane;
            this.at = at;
            this.order = order;
            this.task = task;
        }
    }
}
