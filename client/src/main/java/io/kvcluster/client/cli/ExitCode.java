package io.kvcluster.client.cli;

/** What a command tells its caller. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    /** A write may or may not have been applied. */
    static final int UNKNOWN = 3;

    private ExitCode() {}
}
