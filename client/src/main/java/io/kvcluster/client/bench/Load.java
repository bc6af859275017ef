package io.kvcluster.client.bench;

import java.util.OptionalLong;

/** What keeps operations going. */
interface Load {
    static Load of(Pace pace, Operations operations, long seed) {
        return switch (pace) {
            case Pace.Closed closed -> new ClosedLoops(operations, closed.inFlight(), seed);
            case Pace.Open open -> new OpenLoop(operations, open, seed);
        };
    }

    void start();

    /** Of a fixed rate: operations that are due by now and have no outcome yet. */
    OptionalLong behind();

    /** Starts no more; returns when all that were started have their outcomes. */
    void stop() throws InterruptedException;
}
