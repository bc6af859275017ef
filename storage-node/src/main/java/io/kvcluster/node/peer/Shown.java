package io.kvcluster.node.peer;

import io.kvcluster.node.peer.Handshake.Known;

/**
 * The most that a store has shown of itself, and what it had shown a while ago. A life of the store begins and ends with its links: who
 * opens the first one comes with everything that was ever shown, or is a restored volume. While one is open, what travels on the others,
 * or was queued before, may be a little older than what was heard, and by no more than a greeting may take. Peer loop only.
 */
final class Shown {
    private final long greetingNanos;
    private Known most = Known.NOTHING;
    private long lately;
    private long latelySinceNanos;
    private long before;

    /** @param greetingNanos what is judged is no older */
    Shown(long greetingNanos, long nowNanos) {
        this.greetingNanos = greetingNanos;
        this.latelySinceNanos = nowNanos;
    }

    Known most() {
        return most;
    }

    void told(int incarnation, long durableLsn, long nowNanos) {
        age(nowNanos);
        most = most.plus(incarnation, durableLsn);
    }

    /** By what a store is judged. @param linked another link with it is open */
    Known least(boolean linked, long nowNanos) {
        age(nowNanos);
        return linked ? new Known(most.incarnation(), before) : most;
    }

    private void age(long nowNanos) {
        if (nowNanos - latelySinceNanos >= greetingNanos) {
            before = lately;
            lately = most.durableLsn();
            latelySinceNanos = nowNanos;
        }
    }
}
