package io.kvcluster.client.bulk;

import io.kvcluster.client.RequestOptions;
import java.time.Duration;

/**
 * How records are put.
 *
 * @param request level and timeout of each put
 * @param concurrency puts in flight or waiting for a retry, 1..10,000
 * @param giveUpAfter how long one record is tried before the run goes on without it
 * @param retryUnknown also puts again what ended unknown: putting the same value twice changes nothing, as long as
 *     nobody else writes the key
 */
public record ImportOptions(RequestOptions request, int concurrency, Duration giveUpAfter, boolean retryUnknown) {
    public ImportOptions {
        if (concurrency < 1 || concurrency > 10_000) {
            throw new IllegalArgumentException("concurrency is " + concurrency + ", but must be 1..10000");
        }
        if (giveUpAfter.isNegative()) {
            throw new IllegalArgumentException("give-up-after is " + giveUpAfter + ", but must not be negative");
        }
    }
}
