package io.kvcluster.node.membership;

import io.kvcluster.ring.Ring;

/** What became of a ring that somebody offered. */
public sealed interface RingDecision {
    /** Durable and in use. */
    record Adopted(Ring ring) implements RingDecision {}

    /** It is the ring in use. */
    record Known(Ring ring) implements RingDecision {}

    record Refused(Cause cause, String why) implements RingDecision {}

    enum Cause {
        /** The ring in use is newer. */
        OLDER,
        /** Same epoch, another hash; or it does not follow from the ring in use. */
        FORK,
        OTHER_CLUSTER,
        /** It breaks a rule of rings. */
        INVALID,
        /** It does not name this store, and no ring in use ever did. */
        NOT_NAMED,
        /** The store is not open yet, or the ring could not be made durable. */
        NOT_READY
    }
}
