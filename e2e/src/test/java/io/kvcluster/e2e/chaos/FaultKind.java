package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.testbed.Ability;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What is broken, or asked for. Kinds of one lane follow each other, those of different lanes overlap. */
enum FaultKind {
    KILL_9("kill -9", Lane.NODES, Set.of(Ability.KILL_9)),
    PAUSE("pause", Lane.NODES, Set.of(Ability.PAUSE)),
    PARTITION("partition", Lane.NODES, Set.of(Ability.PARTITION)),
    ONE_WAY_PARTITION("one-way partition", Lane.NODES, Set.of(Ability.ONE_WAY_PARTITION)),
    ZONE_CUT("zone cut", Lane.NODES, Set.of(Ability.PARTITION)),
    SLOW_LINK("slow link", Lane.NODES, Set.of(Ability.SLOW_LINK)),
    FULL_DISK("full disk", Lane.NODES, Set.of(Ability.FULL_DISK)),
    CLOCK("clock offset and jumps", Lane.NODES, Set.of(Ability.CLOCK_OFFSET)),
    NODE_LOSS("node loss", Lane.NODES, Set.of(Ability.NODE_LOSS)),
    POD_DELETE("pod delete", Lane.NODES, Set.of()),
    OPERATOR_KILL("operator killed", Lane.CONTROL_PLANE, Set.of(Ability.KILL_OPERATOR)),
    API_AWAY("API server away", Lane.CONTROL_PLANE, Set.of(Ability.STOP_API_SERVER)),
    SCALE_UP("3 to 6 members", Lane.CHANGES, Set.of()),
    SCALE_DOWN("6 to 3 members", Lane.CHANGES, Set.of()),
    MORE_COPIES("3 to 4 copies", Lane.CHANGES, Set.of()),
    FEWER_COPIES("4 to 3 copies", Lane.CHANGES, Set.of()),
    QUORUMS("other quorums", Lane.CHANGES, Set.of()),
    ROLLING_RESTART("rolling restart", Lane.CHANGES, Set.of()),
    MIXED_VERSIONS("mixed templates", Lane.CHANGES, Set.of(Ability.STOP_OPERATOR)),
    LOST_DISK("lost disk", Lane.CHANGES, Set.of());

    /** Where kinds come from. */
    enum Lane {
        /** One node is broken, and nothing that makes a second one of the same partition go away. */
        NODES,
        /** Never a node. */
        CONTROL_PLANE,
        /** What a user asks for, done by the operator; a lost disk too, since that ends with a change of the ring. */
        CHANGES
    }

    private final String label;
    private final Lane lane;
    private final Set<Ability> needed;

    FaultKind(String label, Lane lane, Set<Ability> needed) {
        this.label = label;
        this.lane = lane;
        this.needed = needed;
    }

    String label() {
        return label;
    }

    Lane lane() {
        return lane;
    }

    /**
     * It breaks calls that are on their way, so that their outcome may be unknown. What is done in order, to a pod, the control plane or
     * the ring, excuses nothing.
     */
    boolean isAbrupt() {
        return lane == Lane.NODES && this != POD_DELETE;
    }

    /** It breaks the machine under a pod, where a target has more than one of those. */
    boolean hitsMachine() {
        return switch (this) {
            case PARTITION, ONE_WAY_PARTITION, SLOW_LINK, FULL_DISK, CLOCK, NODE_LOSS -> true;
            case KILL_9,
                    PAUSE,
                    ZONE_CUT,
                    POD_DELETE,
                    OPERATOR_KILL,
                    API_AWAY,
                    SCALE_UP,
                    SCALE_DOWN,
                    MORE_COPIES,
                    FEWER_COPIES,
                    QUORUMS,
                    ROLLING_RESTART,
                    MIXED_VERSIONS,
                    LOST_DISK -> false;
        };
    }

    /** Those that a target can make. */
    static List<FaultKind> of(Set<Ability> abilities) {
        return Arrays.stream(values())
                .filter(kind -> abilities.containsAll(kind.needed))
                .toList();
    }
}
