package io.kvcluster.node.seams;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** A loop on the virtual-time queue. A killed loop runs nothing more; a paused one keeps what it is given. */
public final class SimLoop implements Loop {
    private final SimWorld world;
    private final String name;
    private final int mailbox;
    private final LongUnaryOperator worldNanos;
    private final Consumer<Throwable> onDeath;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean scheduled;

    /** A task that blocks keeps the loop until then. */
    private long freeAtNanos;

    private boolean current;
    private boolean paused;
    private boolean killed;

    public SimLoop(SimWorld world, String name, int mailbox) {
        this(world, name, mailbox, LongUnaryOperator.identity(), death -> {
            throw new AssertionError(name + " died", death);
        });
    }

    /**
     * @param worldNanos how long a duration of the node's clock is in the world
     * @param onDeath hears what a task threw: the power went, the process ended itself, or a bug
     */
    SimLoop(SimWorld world, String name, int mailbox, LongUnaryOperator worldNanos, Consumer<Throwable> onDeath) {
        this.world = world;
        this.name = name;
        this.mailbox = mailbox;
        this.worldNanos = worldNanos;
        this.onDeath = onDeath;
    }

    @Override
    public boolean offer(Runnable task) {
        if (waiting.size() >= mailbox) {
            return false;
        }
        post(task);
        return true;
    }

    @Override
    public void post(Runnable task) {
        if (world.hasElapsed()) {
            world.at(0, () -> put(task));
        } else {
            put(task);
        }
    }

    private void put(Runnable task) {
        if (!killed) {
            waiting.add(task);
            schedule();
        }
    }

    private void schedule() {
        if (!scheduled && !paused && !waiting.isEmpty()) {
            scheduled = true;
            world.at(freeAtNanos - world.nanos(), this::step);
        }
    }

    private void step() {
        Runnable task = killed || paused ? null : waiting.poll();
        if (task != null) {
            current = true;
            try {
                task.run();
            } catch (ForceCutOff blocked) {
                kill();
            } catch (PowerCut | ProcessHalted | RuntimeException | AssertionError death) {
                onDeath.accept(death);
            } finally {
                current = false;
            }
        }
        scheduled = false;
        freeAtNanos = world.nanos();
        schedule();
    }

    /** What only this loop's tasks may see, seen from outside while nothing runs. */
    public <T> T seen(Supplier<T> look) {
        current = true;
        try {
            return look.get();
        } finally {
            current = false;
        }
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        boolean[] cancelled = new boolean[1];
        world.at(worldNanos.applyAsLong(nanos), () -> {
            if (!cancelled[0]) {
                post(() -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                });
            }
        });
        return () -> cancelled[0] = true;
    }

    @Override
    public boolean isCurrent() {
        return current;
    }

    @Override
    public int depth() {
        return waiting.size();
    }

    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
        schedule();
    }

    public void kill() {
        killed = true;
        waiting.clear();
    }

    @Override
    public String toString() {
        return name;
    }
}
