package io.kvcluster.node.peer;

/** The node's hybrid logical clock, as far as frames touch it. Any thread. */
public interface HlcObserver {
    /** The value that an outgoing frame carries: at least every stamp given so far. */
    long current();

    /** Moves the clock past a received value. False, and nothing moves, when it is too far ahead of both clock and HLC. */
    boolean tryObserve(long hlc);
}
