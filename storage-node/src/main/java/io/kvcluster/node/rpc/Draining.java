package io.kvcluster.node.rpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for the last request. */
final class Draining {
    private Draining() {}

    /** True when it came in time. */
    static boolean await(CompletableFuture<Void> idle, Duration grace) throws InterruptedException {
        try {
            idle.get(grace.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }
}
