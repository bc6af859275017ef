package io.kvcluster.history;

/** One promise about histories. Stateless; any thread may use it. */
public interface HistoryCheck {
    String name();

    Verdict check(History history);

    /** The same rule with parameters under which it judges the whole of the shipped known histories. */
    default HistoryCheck forKnownHistories() {
        return this;
    }
}
