package io.kvcluster.history;

import java.util.Locale;

/** What can be wrong with the history of one register. */
public enum Anomaly {
    /** A read returned a value that nobody put. */
    VALUE_FROM_NOWHERE,
    /** A read completed before the put of its value was invoked. */
    READ_OF_THE_FUTURE,
    /** A read returned a value whose put had ended Not applied. */
    NOT_APPLIED_SEEN,
    /** A read returned a value that had certainly been replaced before the read began. */
    STALE_READ,
    /** A read found nothing although an acknowledged put precedes it and no delete can explain it. */
    LOST_WRITE,
    /** A read returned a value after a delete that certainly came after its put. */
    RESURRECTED_DELETE,
    /** A later read returned an older state than an earlier read. */
    NON_MONOTONIC_READ,
    /** Two values must each have held while the other did. */
    SPLIT_VALUE,
    /** No order of the operations explains what the clients saw. */
    NOT_LINEARIZABLE;

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
