package io.kvcluster.node.peer;

/** Breaks a rule, so that ArchitectureTest can show that the rule bites. */
public final class LooksAtTheClock {
    private LooksAtTheClock() {}

    public static long now() {
        return System.nanoTime();
    }
}
