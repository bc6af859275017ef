package io.kvcluster.node.seams.experiment;

import io.kvcluster.node.seams.Clock;
import java.util.function.Supplier;

/** A wall clock that is ahead, behind or drifting. The monotonic one is right: no real machine's goes wrong by seconds. */
final class WrongClock implements Clock {
    private static final long MILLION = 1_000_000;

    private final Clock real;
    private final Supplier<InForce> faults;

    WrongClock(Clock real, Supplier<InForce> faults) {
        this.real = real;
        this.faults = faults;
    }

    @Override
    public long wallMillis() {
        InForce now = faults.get();
        long drifting = (real.nanos() - now.sinceNanos()) / MILLION;
        return real.wallMillis()
                + now.faults().clockOffsetMillis()
                + drifting * now.faults().clockDriftPpm() / MILLION;
    }

    @Override
    public long nanos() {
        return real.nanos();
    }
}
