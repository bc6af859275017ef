package io.kvcluster.node.seams;

import java.util.ArrayDeque;

/** A loop on the virtual-time queue. A killed loop runs nothing more; a paused one keeps what it is given. */
public final class SimLoop implements Loop {
    private final SimWorld world;
    private final String name;
    private final int mailbox;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private boolean current;
    private boolean paused;
    private boolean killed;

    public SimLoop(SimWorld world, String name, int mailbox) {
        this.world = world;
        this.name = name;
        this.mailbox = mailbox;
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
        if (!killed) {
            waiting.add(task);
            schedule();
        }
    }

    private void schedule() {
        if (!scheduled && !paused && !waiting.isEmpty()) {
            scheduled = true;
            world.at(0, this::step);
        }
    }

    private void step() {
        scheduled = false;
        Runnable task = killed || paused ? null : waiting.poll();
        if (task != null) {
            current = true;
            try {
                task.run();
            } finally {
                current = false;
            }
            schedule();
        }
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        boolean[] cancelled = new boolean[1];
        world.at(
                nanos,
                () -> post(() -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                }));
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
