package io.kvcluster.node.seams;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The world of one process from its start to its end: its loops and threads can be paused, and killed once. */
public final class SimEnvironment implements Environment {
    private final SimWorld world;
    private final SimClock clock;
    private final Disk disk;
    private final String name;
    private final String bootId;
    private final Consumer<Throwable> onDeath;
    private final List<SimLoop> loops = new ArrayList<>();

    /**
     * @param name of the process, for chance and for people
     * @param bootId of the machine: the same until its power is cut
     * @param onDeath hears what ended the process from within: {@link PowerCut}, {@link ProcessHalted} or a bug
     */
    public SimEnvironment(
            SimWorld world, SimClock clock, Disk disk, String name, String bootId, Consumer<Throwable> onDeath) {
        this.world = world;
        this.clock = clock;
        this.disk = disk;
        this.name = name;
        this.bootId = bootId;
        this.onDeath = onDeath;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public RandomGenerator newRandom(String purpose) {
        return world.newRandom(name + " " + purpose);
    }

    @Override
    public SimLoop newLoop(String loop, int mailbox) {
        SimLoop made = new SimLoop(world, name + "/" + loop, mailbox, clock::worldNanos, onDeath);
        loops.add(made);
        return made;
    }

    /** One thread, whatever was asked for. */
    @Override
    public Worker newWorker(String worker, int threads, int queue) {
        SimLoop loop = newLoop(worker, queue);
        return new Worker() {
            @Override
            public boolean offer(Runnable task) {
                return loop.offer(task);
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

    public void pause() {
        loops.forEach(SimLoop::pause);
    }

    public void resume() {
        loops.forEach(SimLoop::resume);
    }

    public void kill() {
        loops.forEach(SimLoop::kill);
    }
}
