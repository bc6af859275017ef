package io.kvcluster.ring;

import java.util.List;

/** What a look at a ring table found: a ring, or every rule that it breaks. */
public sealed interface RingCheck {
    record Valid(Ring ring) implements RingCheck {}

    /** @param problems sentences that name field, value and rule; at least one, at most {@link RingRules#MAX_PROBLEMS} */
    record Invalid(List<String> problems) implements RingCheck {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("an invalid ring has at least one problem");
            }
        }

        /** All problems in one line. */
        public String message() {
            return String.join("; ", problems);
        }
    }
}
