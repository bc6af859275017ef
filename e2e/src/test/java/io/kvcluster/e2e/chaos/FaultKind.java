package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.testbed.Ability;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What is broken, one node at a time. */
enum FaultKind {
    KILL_9("kill -9", Ability.KILL_9),
    PAUSE("pause", Ability.PAUSE),
    PARTITION("partition", Ability.PARTITION),
    ONE_WAY_PARTITION("one-way partition", Ability.ONE_WAY_PARTITION),
    SLOW_LINK("slow link", Ability.SLOW_LINK),
    FULL_DISK("full disk", Ability.FULL_DISK),
    CLOCK("clock offset and jumps", Ability.CLOCK_OFFSET),
    NODE_LOSS("node loss", Ability.NODE_LOSS);

    private final String label;
    private final Ability needed;

    FaultKind(String label, Ability needed) {
        this.label = label;
        this.needed = needed;
    }

    String label() {
        return label;
    }

    /** Those that a target can make. */
    static List<FaultKind> of(Set<Ability> abilities) {
        return Arrays.stream(values())
                .filter(kind -> abilities.contains(kind.needed))
                .toList();
    }
}
