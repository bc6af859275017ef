package io.kvcluster.client;

import io.kvcluster.proto.kv.Consistency;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How many replicas an operation waits for, and what that promises. */
public enum Level {
    /** What the cluster's resource names as default. */
    DEFAULT(Consistency.CONSISTENCY_UNSPECIFIED),
    /** One particular disk: that of the node that is asked. */
    LOCAL(Consistency.LOCAL),
    ONE(Consistency.ONE),
    /** The quorums that the cluster's resource configures. */
    EVENTUAL(Consistency.EVENTUAL),
    /** A majority; linearizable. */
    QUORUM(Consistency.QUORUM),
    ALL(Consistency.ALL),
    STRONG(Consistency.STRONG);

    private final Consistency wire;

    Level(Consistency wire) {
        this.wire = wire;
    }

    /** @throws IllegalArgumentException listing the names */
    public static Level parse(String name) {
        return Arrays.stream(values())
                .filter(level -> level.label().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("consistency is '" + name + "', but must be one of "
                        + Arrays.stream(values()).map(Level::label).collect(Collectors.joining(", "))));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Consistency wire() {
        return wire;
    }

    static Level of(Consistency wire) {
        return Arrays.stream(values())
                .filter(level -> level.wire == wire)
                .findFirst()
                .orElse(DEFAULT);
    }
}
