package io.kvcluster.node.version;

import java.util.List;

/** What holds for every record, with or without its values. */
final class RecordRules {
    private RecordRules() {}

    static void check(int generation, List<Dot> dots, Context context) {
        if (generation < 0) {
            throw new IllegalArgumentException(
                    "generation " + generation + ": 0.." + Integer.MAX_VALUE + " is allowed");
        }
        for (int i = 0; i < dots.size(); i++) {
            if (i > 0 && dots.get(i - 1).compareTo(dots.get(i)) <= 0) {
                throw new IllegalArgumentException(
                        "siblings must descend strictly by dot, but " + dots.get(i) + " follows " + dots.get(i - 1));
            }
            if (!context.covers(dots.get(i))) {
                throw new IllegalArgumentException(
                        "the context must cover each sibling, but " + context + " does not cover " + dots.get(i));
            }
        }
    }
}
