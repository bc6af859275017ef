package io.kvcluster.node.simulation;

/** What becomes of versions that do not know of each other. */
enum Policy {
    LAST_WRITER_WINS,
    SIBLINGS,
    /** A resolver of users gives the union of sets. */
    CUSTOM,
    /** Every so often a ring with another policy, LastWriterWins or Siblings; nodes hear of it one after the other. */
    CHANGING;

    /** By its name in the ring of the start. */
    String inFirstRing() {
        return switch (this) {
            case LAST_WRITER_WINS, CHANGING -> "LastWriterWins";
            case SIBLINGS -> "Siblings";
            case CUSTOM -> "Custom";
        };
    }
}
