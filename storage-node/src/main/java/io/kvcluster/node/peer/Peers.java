package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.ring.RingTable;
import org.jspecify.annotations.Nullable;

/** The other stores, as rooms above see them: ask, tell, and whether they are alive. */
public interface Peers {
    /**
     * Asks a peer on the foreground lane. Exactly one call of {@code listener} follows, on {@code loop}, never before this
     * returns, at most 20 ms after {@code deadlineNanos} (of the node's monotonic clock).
     *
     * @param request its epoch and body; its id is set here
     * @param loop one of the loops that the room was made for, and the current one
     */
    void ask(String storeId, PeerMessage.Builder request, Loop loop, long deadlineNanos, AnswerListener listener);

    /** As {@link #ask} on the bulk lane, which is opened by the first need of it; until it is open: NOT_SENT. At most 64 KiB. */
    void askInBulk(String storeId, PeerMessage.Builder request, Loop loop, long deadlineNanos, AnswerListener listener);

    /** Sends a message that expects no answer, best effort. False: it certainly never leaves this node. Any thread. */
    boolean tell(String storeId, PeerMessage.Builder message);

    /** Why nothing may be coordinated here now: the clock is out of step with the majority's. Null while it may. Any thread. */
    default @Nullable String outOfStep() {
        return null;
    }

    /** An answer of the store carried a newer ring than the one in use. Any thread. */
    default void ringSeen(String storeId, RingTable ring) {}

    /** Whether a frame of the store was heard within suspectAfter; true for the own store. Any thread. */
    boolean isUp(String storeId);

    /** The newest protocol that the store and this node both speak; 0 while nothing is known of it. Any thread. */
    int protocol(String storeId);
}
