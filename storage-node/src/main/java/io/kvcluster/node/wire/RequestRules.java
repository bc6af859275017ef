package io.kvcluster.node.wire;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a request, one function each; whatever way a request came in, it passes here. Each throws
 * {@link RefusedException}. Wrong forms are refused before "not built yet", so that a client's mistake stays one later.
 */
public final class RequestRules {
    /** Ten years. */
    public static final long TTL_MILLIS = 315_360_000_000L;

    /** What {@code level} answers to a name that is none. */
    public static final String LEVELS = "local, one, eventual, quorum, all, strong";

    private RequestRules() {}

    public static Key key(byte[] bytes) {
        return key("key", bytes);
    }

    /** @param field how the client calls it, e.g. {@code operations[3].key} */
    public static Key key(String field, byte[] bytes) {
        if (bytes.length == 0) {
            throw refusal(
                    Reason.KEY_EMPTY,
                    field,
                    "",
                    "1.." + Limits.KEY_BYTES + " bytes",
                    field + " is empty; a key has 1.." + Limits.KEY_BYTES + " bytes");
        }
        if (bytes.length > Limits.KEY_BYTES) {
            throw tooMany(Reason.KEY_TOO_LARGE, field, bytes.length, "bytes", Limits.KEY_BYTES);
        }
        return Key.of(bytes);
    }

    /** @param limit 0 for as many as there may be */
    public static int keysPerPage(String field, long limit) {
        if (limit < 0 || limit > Limits.KEYS_PER_PAGE) {
            throw refusal(
                    Reason.INVALID_PARAMETER,
                    field,
                    Long.toString(limit),
                    "1.." + Limits.KEYS_PER_PAGE,
                    field + " is " + limit + ", but must be 1.." + Limits.KEYS_PER_PAGE);
        }
        return limit == 0 ? Limits.KEYS_PER_PAGE : (int) limit;
    }

    /** Whether the node has such a partition is for the coordinator to judge. */
    public static int partition(String field, long partition) {
        if (partition < 0 || partition > Integer.MAX_VALUE) {
            throw refusal(
                    Reason.INVALID_PARAMETER,
                    field,
                    Long.toString(partition),
                    "0.." + Integer.MAX_VALUE,
                    field + " is " + partition + ", but must be 0 or more");
        }
        return (int) partition;
    }

    public static byte[] value(String field, byte[] bytes) {
        if (bytes.length > Limits.VALUE_BYTES) {
            throw valueTooLarge(field, bytes.length);
        }
        return bytes;
    }

    /** @param length bytes, known without holding them */
    public static RefusedException valueTooLarge(String field, long length) {
        return tooMany(Reason.VALUE_TOO_LARGE, field, length, "bytes", Limits.VALUE_BYTES);
    }

    /** Form and size only; whether the token belongs to this key is the coordinator's to judge. */
    public static byte[] contextToken(String field, byte[] token) {
        if (token.length > Limits.CONTEXT_TOKEN_BYTES) {
            throw tooMany(Reason.INVALID_CONTEXT, field, token.length, "bytes", Limits.CONTEXT_TOKEN_BYTES);
        }
        return token;
    }

    /** Printable ASCII, for it goes to logs as it is. */
    public static String requestId(String field, String id) {
        if (id.length() > Limits.REQUEST_ID_CHARACTERS) {
            throw tooMany(Reason.INVALID_REQUEST_ID, field, id.length(), "characters", Limits.REQUEST_ID_CHARACTERS);
        }
        if (!id.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw refusal(
                    Reason.INVALID_REQUEST_ID,
                    field,
                    id,
                    "printable ASCII without blanks",
                    field + " '" + Refusal.shorten(id) + "' must be printable ASCII without blanks");
        }
        return id;
    }

    /** Any number of operations but 1 to the limit is refused. */
    public static void batchOperations(int count) {
        if (count == 0) {
            throw refusal(
                    Reason.BATCH_EMPTY,
                    "operations",
                    "0",
                    "1.." + Limits.BATCH_OPERATIONS,
                    "operations is empty; a batch has 1.." + Limits.BATCH_OPERATIONS + " operations");
        }
        if (count > Limits.BATCH_OPERATIONS) {
            throw tooMany(Reason.BATCH_TOO_MANY_OPERATIONS, "operations", count, "operations", Limits.BATCH_OPERATIONS);
        }
    }

    /** @param bytes keys, values and contexts together */
    public static void batchBytes(long bytes) {
        if (bytes > Limits.BATCH_BYTES) {
            throw tooMany(Reason.BATCH_TOO_LARGE, "operations", bytes, "bytes", Limits.BATCH_BYTES);
        }
    }

    /** 0 means none. */
    public static long ttlMillis(String field, long millis) {
        if (millis < 0 || millis > TTL_MILLIS) {
            String given = Long.toUnsignedString(millis);
            throw refusal(
                    Reason.INVALID_TTL,
                    field,
                    given,
                    "1.." + TTL_MILLIS + " ms",
                    field + " is " + given + " ms; a time to live is 1.." + TTL_MILLIS + " ms (ten years)");
        }
        return millis;
    }

    /** Last of all checks of one operation: what is well formed but not there yet. */
    public static void built(@Nullable ConsistencyLevel level, boolean ifVersion) {
        if (level == ConsistencyLevel.STRONG) {
            throw notBuilt(
                    "consistency", "strong", "level strong (Raft) is not built yet; quorum is the strongest that is");
        }
        if (ifVersion) {
            throw notBuilt("if-version", "", "compare-and-set (if-version) needs level strong, which is not built yet");
        }
    }

    /** Refuses with "name is N unit, more than the limit of M unit". */
    public static RefusedException tooMany(Reason reason, String field, long given, String unit, long limit) {
        return refusal(
                reason,
                field,
                given + " " + unit,
                limit + " " + unit,
                field + " has " + given + " " + unit + ", more than the limit of " + limit);
    }

    private static RefusedException notBuilt(String field, String value, String message) {
        return refusal(Reason.NOT_BUILT, field, value, "", message);
    }

    private static RefusedException refusal(Reason reason, String field, String value, String limit, String message) {
        return new Refusal(reason, field, value, limit, message).refused();
    }
}
