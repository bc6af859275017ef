package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Limits;
import io.kvcluster.node.peer.HlcObserver;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.HlcClock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The greatest stamp that the node has given or seen: what frames carry and move. Each core loop stamps with a clock of its
 * own and follows this one. Any thread.
 */
public final class NodeHlc implements HlcObserver {
    private final LongSupplier wallMillis;
    private final AtomicLong greatest;
    private final long floor;

    /** @param floor no stamp at or below it may be given: the store's reservation of earlier lives */
    public NodeHlc(LongSupplier wallMillis, long floor) {
        this.wallMillis = wallMillis;
        this.floor = floor;
        this.greatest = new AtomicLong(floor);
    }

    /** A clock for one loop. */
    public HlcClock newClock() {
        return new HlcClock(wallMillis, floor);
    }

    /** The greatest stamp given or seen. */
    public long greatest() {
        return greatest.get();
    }

    /** A loop gave this stamp. */
    public void given(long stamp) {
        raise(stamp);
    }

    @Override
    public long current() {
        return Math.max(greatest.get(), wall());
    }

    /** The time of a decision. Every frame that leaves afterwards carries at least this. */
    public long moment() {
        long now = current();
        raise(now);
        return now;
    }

    @Override
    public boolean tryObserve(long hlc) {
        if (hlc < 0 || Hlc.millis(hlc) - Hlc.millis(current()) > Limits.MAX_CLOCK_OFFSET_MILLIS) {
            return false;
        }
        raise(hlc);
        return true;
    }

    private void raise(long stamp) {
        long seen = greatest.get();
        while (seen < stamp && !greatest.compareAndSet(seen, stamp)) {
            seen = greatest.get();
        }
    }

    private long wall() {
        return Math.clamp(wallMillis.getAsLong(), 0, Hlc.MAX_MILLIS) << Hlc.COUNTER_BITS;
    }
}
