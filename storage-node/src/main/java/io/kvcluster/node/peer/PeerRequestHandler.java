package io.kvcluster.node.peer;

import io.kvcluster.proto.peer.PeerMessage;
import java.util.List;

/** Serves what peers ask of this node. */
public interface PeerRequestHandler {
    /**
     * The requests of one frame, in their order. Called on a thread of the transport, one frame of a link at a time: must
     * not block; hands the work to core loops. A request whose id is 0 expects no answer.
     */
    void handle(String fromStoreId, List<PeerMessage> requests, Responder responder);

    /** The way back to who asked. */
    interface Responder {
        /**
         * Sends an answer that carries the request's id; batched with others. Any thread, any time later. When the link of the
         * request is gone the answer goes nowhere: the asker has heard LOST.
         */
        void answer(PeerMessage.Builder answer);
    }
}
