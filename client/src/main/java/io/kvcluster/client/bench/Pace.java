package io.kvcluster.client.bench;

/** How operations follow each other. */
public sealed interface Pace {
    /** The most that a bench ever keeps in flight. */
    int MOST_IN_FLIGHT = 10_000;

    /** How many operations are in flight at the most. */
    int inFlight();

    /** {@code inFlight} loops, each starting its next operation when the last has its outcome: shows what is possible. */
    record Closed(int inFlight) implements Pace {
        public Closed {
            BenchPlan.check("concurrency", inFlight, 1, MOST_IN_FLIGHT);
        }
    }

    /**
     * So many operations a second whatever the servers do: shows what callers who do not wait for each other would feel.
     *
     * @param perSecond 0.1..1,000,000
     */
    record Open(double perSecond) implements Pace {
        public Open {
            if (!(perSecond >= 0.1 && perSecond <= 1_000_000)) {
                throw new IllegalArgumentException("rate is " + perSecond + ", but must be 0.1..1000000 a second");
            }
        }

        @Override
        public int inFlight() {
            return MOST_IN_FLIGHT;
        }
    }
}
