package io.kvcluster.node.seams;

/** The machine stops. Not an exception: no code under test may survive it. */
public final class PowerCut extends Error {
    private static final long serialVersionUID = 1;
}
