package io.kvcluster.client;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Objects;

/**
 * How one operation is to be done.
 *
 * @param timeout until its outcome, retries included; 1 ms to 1 hour
 * @param ttl of a put: after it the key counts as deleted; zero for never, at most ten years, and in whole milliseconds
 * @param context causal context of an earlier answer for the same key, or empty
 */
public record RequestOptions(Level level, Duration timeout, ByteString context, Duration ttl) {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration MAX_TTL = Duration.ofDays(3650);

    /** The cluster's default level, 5 s, no context. */
    public static final RequestOptions DEFAULT =
            new RequestOptions(Level.DEFAULT, Duration.ofSeconds(5), ByteString.EMPTY, Duration.ZERO);

    public RequestOptions {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(context, "context");
        if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout is " + timeout + ", but must be between 1 ms and 1 h");
        }
        ttlMillis(ttl);
    }

    /** A life time as the wire has it. @throws IllegalArgumentException unless it is 0, or 1 ms to ten years */
    static long ttlMillis(Duration ttl) {
        if (ttl.isNegative() || ttl.compareTo(MAX_TTL) > 0 || (!ttl.isZero() && ttl.toMillis() == 0)) {
            throw new IllegalArgumentException(
                    "ttl is " + ttl + ", but must be between 1 ms and ten years, or 0 for none");
        }
        return ttl.toMillis();
    }

    public RequestOptions at(Level newLevel) {
        return new RequestOptions(newLevel, timeout, context, ttl);
    }

    public RequestOptions within(Duration newTimeout) {
        return new RequestOptions(level, newTimeout, context, ttl);
    }

    public RequestOptions after(ByteString newContext) {
        return new RequestOptions(level, timeout, newContext, ttl);
    }

    public RequestOptions lasting(Duration newTtl) {
        return new RequestOptions(level, timeout, context, newTtl);
    }
}
