package io.kvcluster.node.simulation;

import io.kvcluster.node.command.ConsistencyLevel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a key is used, and so what is promised for it. The name of the key says its kind. */
enum KeyKind {
    /** Quorum and all: a linearizable register. */
    REGISTER("reg"),
    /** As a register, and some values expire. */
    EXPIRING("ttl"),
    /** Eventual, quorum, all, and the ring's default, which is one of the first two. */
    EVENTUAL("ev"),
    /** Every level. */
    ANY("any"),
    /** Eventual to all, under policy Siblings, with contexts. */
    SIBLINGS("sib"),
    /** Eventual to all, under a resolver that gives the union: nothing is ever taken away. */
    SET("set");

    private final String prefix;

    KeyKind(String prefix) {
        this.prefix = prefix;
    }

    static KeyKind of(String key) {
        for (KeyKind kind : values()) {
            if (key.startsWith(kind.prefix + "-")) {
                return kind;
            }
        }
        throw new IllegalArgumentException(key);
    }

    /** A key that no client uses. */
    static String probe(Policy policy, int number) {
        return (policy == Policy.CUSTOM ? SET : REGISTER).prefix + "-probe-" + number;
    }

    /** In the order in which a plan takes them, from some place on. */
    static List<String> keysUnder(Policy policy) {
        return switch (policy) {
            case LAST_WRITER_WINS -> List.of("reg-0", "any-0", "ev-0", "ttl-0", "reg-1", "any-1", "reg-2");
            case CHANGING -> List.of("reg-0", "any-0", "ev-0", "reg-1", "any-1", "reg-2");
            case SIBLINGS -> List.of("sib-0", "sib-1", "sib-2", "sib-3", "sib-4", "sib-5");
            case CUSTOM -> List.of("set-0", "set-1", "set-2", "set-3", "set-4", "set-5");
        };
    }

    /**
     * Null for the default of the ring.
     *
     * @param dice 0..9
     */
    @Nullable ConsistencyLevel level(int dice) {
        return switch (this) {
            case REGISTER, EXPIRING -> dice < 8 ? ConsistencyLevel.QUORUM : ConsistencyLevel.ALL;
            case ANY ->
                switch (dice) {
                    case 0, 1, 2, 3 -> ConsistencyLevel.LOCAL;
                    case 4 -> ConsistencyLevel.ONE;
                    case 5, 6 -> ConsistencyLevel.EVENTUAL;
                    case 7, 8 -> ConsistencyLevel.QUORUM;
                    default -> ConsistencyLevel.ALL;
                };
            case EVENTUAL, SIBLINGS, SET ->
                switch (dice) {
                    case 0, 1, 2, 3 -> ConsistencyLevel.EVENTUAL;
                    case 4, 5 -> null;
                    case 6, 7, 8 -> ConsistencyLevel.QUORUM;
                    default -> ConsistencyLevel.ALL;
                };
        };
    }
}
