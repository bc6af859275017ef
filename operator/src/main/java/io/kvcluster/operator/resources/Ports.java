package io.kvcluster.operator.resources;

/** The ports of a storage node, the same on every node. */
public final class Ports {
    public static final int CLIENT = 50051;
    /** Peers and the operator; never part of the client Service. */
    public static final int PEER = 50052;

    public static final int HTTP = 8080;

    private Ports() {}
}
