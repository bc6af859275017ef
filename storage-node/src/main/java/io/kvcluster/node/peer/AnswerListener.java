package io.kvcluster.node.peer;

import io.kvcluster.proto.peer.PeerMessage;

/** Who asked a peer. Hears exactly one of both, on the loop that asked. */
public interface AnswerListener {
    void answered(PeerMessage answer);

    void failed(PeerFailure why);
}
