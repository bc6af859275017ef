package io.kvcluster.e2e.chaos;

/** Why a run is no success. */
record Problem(Promise promise, String what) {
    /** What the store promises, and what a run must show to mean anything. */
    enum Promise {
        LINEARIZABLE("operations at quorum are linearizable"),
        NOTHING_STALE("no read at quorum is stale"),
        NOTHING_LOST("no acknowledged write is lost"),
        NOTHING_RESURRECTED("no deleted key comes back"),
        NOTHING_INVENTED("no value appears that nobody put"),
        REPLICAS_EQUAL("all replicas are equal in the end"),
        RING_WHOLE("the ring is at full strength in the end, nothing moves, each node owns what the ring says"),
        RECOVERED("all that was broken came back, and all that was asked for was done, in time"),
        FAULTS_OFTEN("every kind of fault was made often enough"),
        CLIENTS_ENOUGH("at least 10 clients shared at least 50 hot keys, with unique values"),
        LOAD_ENOUGH("enough operations were acknowledged outside faults"),
        UNKNOWN_RARE("outcomes are seldom unknown, and only near a fault");

        private final String sentence;

        Promise(String sentence) {
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    @Override
    public String toString() {
        return promise + ": " + what;
    }
}
