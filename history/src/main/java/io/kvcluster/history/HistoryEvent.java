package io.kvcluster.history;

/** One line of a history as it happens. Times are nanoseconds of the history's clock. */
public sealed interface HistoryEvent {
    long id();

    long nanos();

    record Invoked(long id, long nanos, String client, String key, Action action) implements HistoryEvent {}

    record Completed(long id, long nanos, Outcome outcome) implements HistoryEvent {}
}
