package io.kvcluster.node.peer;

import io.kvcluster.proto.peer.PeerMessage;

/** A message that waits for its frame. */
final class Outgoing {
    final PeerMessage message;
    /** In a frame, with tag and length. */
    final int bytes;

    /** Set by the link's thread as the message goes into a frame; read elsewhere only after the link closed. */
    boolean taken;

    /** Nobody waits for the answer any more: not worth sending. */
    volatile boolean abandoned;

    Outgoing(PeerMessage message) {
        this.message = message;
        this.bytes = message.getSerializedSize() + FRAME_OVERHEAD_BYTES;
    }

    static final int FRAME_OVERHEAD_BYTES = 5;
}
