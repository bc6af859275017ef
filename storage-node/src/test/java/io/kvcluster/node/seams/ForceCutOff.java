package io.kvcluster.node.seams;

/** The power goes before this force of the disk ends: its thread comes back from it no more, the others go on until then. */
public final class ForceCutOff extends Error {
    private static final long serialVersionUID = 1;
}
