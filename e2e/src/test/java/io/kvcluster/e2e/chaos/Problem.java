package io.kvcluster.e2e.chaos;

/** Why a run is no success. */
record Problem(Promise promise, String what) {
    /** What the store promises, and what a run must show to mean anything. */
    enum Promise {
        LINEARIZABLE("operations at quorum are linearizable"),
        NOTHING_LOST("no acknowledged write is lost"),
        NOTHING_RESURRECTED("no deleted key comes back"),
        NOTHING_INVENTED("no value appears that nobody put"),
        REPLICAS_EQUAL("all replicas are equal in the end"),
        FAULTS_OFTEN("every kind of fault was made often enough"),
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
