package io.kvcluster.node.coordinator;

import java.util.concurrent.TimeUnit;

/**
 * Times of an operation, nanoseconds.
 *
 * @param hedgeAfter a replica that has not answered by then gets company
 * @param retryAfter a replica that refused or was not reached is tried again after this, while the operation lasts
 */
public record OperationSettings(long hedgeAfter, long retryAfter) {
    public static final OperationSettings DEFAULT =
            new OperationSettings(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(50));
}
