package io.kvcluster.node.storage;

/** Checks that stay on: what must hold around the log whatever the disk does. A broken one is a bug and ends the node. */
final class Invariant {
    private Invariant() {}

    static void check(boolean condition, String why) {
        if (!condition) {
            throw new IllegalStateException("broken invariant: " + why);
        }
    }
}
