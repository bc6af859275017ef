package io.kvcluster.client;

/** Reasons that arise in the client. They stand beside the names of the service's Reason in outcomes. */
public enum ClientReason {
    /** No connection to any node. */
    NODE_UNREACHABLE,
    /** The connection broke, or no answer came, after the request had left. */
    NO_ANSWER,
    /** A server, or something before it, answered outside the protocol. */
    PROTOCOL,
    /** More operations are in flight than the configuration allows. */
    CLIENT_OVERLOADED,
    /** The calling thread was interrupted. */
    INTERRUPTED,
    CLIENT_CLOSED
}
