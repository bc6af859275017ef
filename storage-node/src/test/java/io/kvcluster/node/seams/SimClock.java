package io.kvcluster.node.seams;

/** A machine's clock: the world's time, a little too fast or too slow, with a wall clock that is set wrong and jumps. */
public final class SimClock implements Clock {
    /** Where virtual time begins on wall clocks: 2030-01-01. */
    public static final long START_MILLIS = 1_893_456_000_000L;

    private final SimWorld world;
    private long offsetMillis;
    private long driftPerMillion;

    public SimClock(SimWorld world) {
        this.world = world;
    }

    public void offsetMillis(long offset) {
        offsetMillis = offset;
    }

    public long offsetMillis() {
        return offsetMillis;
    }

    /** So many millionths too fast. Before the first reading: what was read stays in the past. */
    public void driftPerMillion(long drift) {
        driftPerMillion = drift;
    }

    @Override
    public long wallMillis() {
        return START_MILLIS + offsetMillis + nanos() / 1_000_000;
    }

    @Override
    public long nanos() {
        long world = this.world.nanos();
        return world + world / 1_000_000 * driftPerMillion;
    }

    /** How long a duration of this clock is in the world. */
    long worldNanos(long duration) {
        return duration - duration / 1_000_000 * driftPerMillion;
    }
}
