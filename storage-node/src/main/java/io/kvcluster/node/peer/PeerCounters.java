package io.kvcluster.node.peer;

import java.util.concurrent.atomic.LongAdder;

/** Totals since start, for metrics. Any thread. */
public final class PeerCounters {
    public final LongAdder framesSent = new LongAdder();
    public final LongAdder framesReceived = new LongAdder();
    public final LongAdder messagesSent = new LongAdder();
    public final LongAdder messagesReceived = new LongAdder();
    /** Asks that found no link or a full queue. */
    public final LongAdder asksNotSent = new LongAdder();

    public final LongAdder asksTimedOut = new LongAdder();
    public final LongAdder asksLost = new LongAdder();
    /** Frames refused whole because their HLC was too far ahead. */
    public final LongAdder framesSkewed = new LongAdder();
    /** Links refused at Hello: other cluster, protocol, a store that went back. */
    public final LongAdder hellosRefused = new LongAdder();

    /** Messages of a kind that this version does not know, or answers that nobody here can have asked for. */
    public final LongAdder messagesUnknown = new LongAdder();

    public final LongAdder linksOpened = new LongAdder();
    public final LongAdder linksClosed = new LongAdder();

    PeerCounters() {}
}
