package io.kvcluster.client.bench;

import io.kvcluster.client.Outcome;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.random.RandomGenerator;

/** A fixed number of operations in flight. Continuations run on network threads, one after the other for each loop. */
final class ClosedLoops implements Load {
    private final Operations operations;
    private final int inFlight;
    private final long seed;
    private final Phaser running = new Phaser(1);
    private volatile boolean stopped;

    ClosedLoops(Operations operations, int inFlight, long seed) {
        this.operations = operations;
        this.inFlight = inFlight;
        this.seed = seed;
    }

    @Override
    public void start() {
        for (int i = 0; i < inFlight; i++) {
            running.register();
            go(new SplittableRandom(seed + i));
        }
    }

    /** Goes on in place while outcomes are there at once (a refusal by the client itself), else when one comes. */
    private void go(RandomGenerator random) {
        while (!stopped) {
            long begin = System.nanoTime();
            CompletableFuture<? extends Outcome> operation = operations.next(random);
            if (!operation.isDone()) {
                operation.thenAccept(outcome -> {
                    operations.count(outcome, System.nanoTime() - begin);
                    go(random);
                });
                return;
            }
            operations.count(operation.join(), System.nanoTime() - begin);
        }
        running.arriveAndDeregister();
    }

    @Override
    public OptionalLong behind() {
        return OptionalLong.empty();
    }

    @Override
    public void stop() {
        stopped = true;
        running.arriveAndAwaitAdvance();
    }
}
