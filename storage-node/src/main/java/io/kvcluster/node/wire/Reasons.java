package io.kvcluster.node.wire;

import io.kvcluster.node.command.Reason;

/** Reasons: the wire's enum and ours have the same names (a test holds them together). */
public final class Reasons {
    private Reasons() {}

    public static io.kvcluster.proto.kv.Reason encode(Reason reason) {
        return io.kvcluster.proto.kv.Reason.valueOf(reason.name());
    }

    /** A reason that a newer node made up is INTERNAL to this one; the message still says what it was. */
    public static Reason decode(io.kvcluster.proto.kv.Reason reason) {
        return switch (reason) {
            case UNRECOGNIZED, REASON_UNSPECIFIED -> Reason.INTERNAL;
            default -> Reason.valueOf(reason.name());
        };
    }
}
