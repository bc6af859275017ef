package io.kvcluster.client;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Objects;

/**
 * How one operation is to be done.
 *
 * @param timeout until its outcome, retries included; 1 ms to 1 hour
 * @param context causal context of an earlier answer for the same key, or empty
 */
public record RequestOptions(Level level, Duration timeout, ByteString context) {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    /** The cluster's default level, 5 s, no context. */
    public static final RequestOptions DEFAULT =
            new RequestOptions(Level.DEFAULT, Duration.ofSeconds(5), ByteString.EMPTY);

    public RequestOptions {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(context, "context");
        if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout is " + timeout + ", but must be between 1 ms and 1 h");
        }
    }

    public RequestOptions at(Level newLevel) {
        return new RequestOptions(newLevel, timeout, context);
    }

    public RequestOptions within(Duration newTimeout) {
        return new RequestOptions(level, newTimeout, context);
    }

    public RequestOptions after(ByteString newContext) {
        return new RequestOptions(level, timeout, newContext);
    }
}
