package io.kvcluster.node.seams;

/** A node's clock: the world's time, with a wall clock that a test may set wrong. */
public final class SimClock implements Clock {
    /** Where virtual time begins on wall clocks: 2030-01-01. */
    public static final long START_MILLIS = 1_893_456_000_000L;

    private final SimWorld world;
    private long offsetMillis;

    public SimClock(SimWorld world) {
        this.world = world;
    }

    public void offsetMillis(long offset) {
        offsetMillis = offset;
    }

    @Override
    public long wallMillis() {
        return START_MILLIS + offsetMillis + world.nanos() / 1_000_000;
    }

    @Override
    public long nanos() {
        return world.nanos();
    }
}
