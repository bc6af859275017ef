package io.kvcluster.node.peer;

/** Why a peer did not answer, by what the asker may assume. */
public enum PeerFailure {
    /** The request certainly never left this node: no link, or its queue is full. */
    NOT_SENT,
    /** The link broke after the request may have left. */
    LOST,
    /** No answer by the deadline; the request may have been carried out, or may be later. */
    TIMEOUT
}
