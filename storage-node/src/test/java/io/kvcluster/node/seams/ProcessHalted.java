package io.kvcluster.node.seams;

/** The process ended itself. Not an exception: no code under test may survive it. */
public final class ProcessHalted extends Error {
    private static final long serialVersionUID = 1;
    private final int exitCode;

    ProcessHalted(int exitCode, String why) {
        super("exit code " + exitCode + ": " + why);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
