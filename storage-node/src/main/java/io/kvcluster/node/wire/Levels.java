package io.kvcluster.node.wire;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.Consistency;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Consistency levels: the wire's numbers and names, and ours. */
public final class Levels {
    private Levels() {}

    /** Null for unspecified, which means the ring's default. @throws RefusedException for a number that is no level */
    public static @Nullable ConsistencyLevel decode(Consistency wire, int number) {
        return switch (wire) {
            case CONSISTENCY_UNSPECIFIED -> null;
            case LOCAL -> ConsistencyLevel.LOCAL;
            case ONE -> ConsistencyLevel.ONE;
            case EVENTUAL -> ConsistencyLevel.EVENTUAL;
            case QUORUM -> ConsistencyLevel.QUORUM;
            case ALL -> ConsistencyLevel.ALL;
            case STRONG -> ConsistencyLevel.STRONG;
            case UNRECOGNIZED -> throw unknown(Integer.toString(number));
        };
    }

    public static Consistency encode(@Nullable ConsistencyLevel level) {
        return switch (level) {
            case null -> Consistency.CONSISTENCY_UNSPECIFIED;
            case LOCAL -> Consistency.LOCAL;
            case ONE -> Consistency.ONE;
            case EVENTUAL -> Consistency.EVENTUAL;
            case QUORUM -> Consistency.QUORUM;
            case ALL -> Consistency.ALL;
            case STRONG -> Consistency.STRONG;
        };
    }

    /** As in URLs, JSON and metrics: lower case. */
    public static String name(ConsistencyLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    /** The inverse of {@link #name}, in any case. @throws RefusedException for a name that is no level */
    public static ConsistencyLevel parse(String name) {
        for (ConsistencyLevel level : ConsistencyLevel.values()) {
            if (level.name().equalsIgnoreCase(name)) {
                return level;
            }
        }
        throw unknown(name);
    }

    private static RefusedException unknown(String given) {
        return new Refusal(
                        Reason.INVALID_CONSISTENCY,
                        "consistency",
                        given,
                        RequestRules.LEVELS,
                        "consistency '" + Refusal.shorten(given) + "' is no level; the levels are "
                                + RequestRules.LEVELS)
                .refused();
    }
}
