package io.kvcluster.node.peer;

/**
 * How this node's wall clock stands to those of its peers.
 *
 * @param outOfStep it differs by more than {@code Limits.MAX_CLOCK_OFFSET_MILLIS} from a majority of the members: nothing may be
 *     coordinated here until it does not
 * @param offsetMillis the largest difference to a peer; positive when the peer's clock is ahead; 0 when no peer is heard
 * @param message a sentence for people; empty while all clocks are close
 */
public record ClockReport(boolean outOfStep, long offsetMillis, String message) {
    static final ClockReport UNKNOWN = new ClockReport(false, 0, "");
}
