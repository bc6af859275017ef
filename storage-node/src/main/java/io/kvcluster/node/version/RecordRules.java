package io.kvcluster.node.version;

import java.util.function.IntFunction;

/** What holds for every record, with or without its values. */
final class RecordRules {
    private RecordRules() {}

    static void check(int generation, int siblings, IntFunction<Dot> dots, Context context) {
        if (generation < 0) {
            throw new IllegalArgumentException(
                    "generation " + generation + ": 0.." + Integer.MAX_VALUE + " is allowed");
        }
        for (int i = 0; i < siblings; i++) {
            Dot dot = dots.apply(i);
            if (i > 0 && dots.apply(i - 1).compareTo(dot) <= 0) {
                throw new IllegalArgumentException(
                        "siblings must descend strictly by dot, but " + dot + " follows " + dots.apply(i - 1));
            }
            if (!context.covers(dot)) {
                throw new IllegalArgumentException(
                        "the context must cover each sibling, but " + context + " does not cover " + dot);
            }
        }
    }
}
