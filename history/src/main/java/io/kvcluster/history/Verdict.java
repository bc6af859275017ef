package io.kvcluster.history;

import java.util.List;
import java.util.stream.Collectors;

/** What a check says of a history. Only {@link Holds} is a pass. */
public sealed interface Verdict {
    record Holds(int operations, int keys) implements Verdict {}

    /** @param violations at least one; at most one per key for linearizability */
    record Violated(List<Violation> violations) implements Verdict {
        public Violated {
            violations = List.copyOf(violations);
            if (violations.isEmpty()) {
                throw new IllegalArgumentException("a violated verdict needs a violation");
            }
        }

        @Override
        public String toString() {
            return violations.size() + " violation(s)\n"
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("\n"));
        }
    }

    /** The search for an order of some key met its limit. Neither pass nor failure: shorten the run or add keys. */
    record Undecided(List<String> keys, String why) implements Verdict {
        public Undecided {
            keys = List.copyOf(keys);
        }
    }

    default boolean holds() {
        return this instanceof Holds;
    }

    static Verdict of(History history, List<Violation> violations) {
        return violations.isEmpty()
                ? new Holds(history.operations().size(), history.byKey().size())
                : new Violated(violations);
    }
}
