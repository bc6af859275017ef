package io.kvcluster.history;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Notes operations as they happen: the invocation before anything is sent, the completion after the answer is known.
 * Any number of threads may use it when its sink allows that ({@link HistoryFile} and a concurrent queue do).
 */
public final class HistoryRecorder {
    private final LongSupplier nanos;
    private final Consumer<HistoryEvent> sink;
    private final AtomicLong ids;

    /** @param nanos the clock: System::nanoTime, or virtual time */
    public HistoryRecorder(LongSupplier nanos, Consumer<HistoryEvent> sink) {
        this(nanos, sink, 1);
    }

    /** @param firstId for several recorders whose histories are joined later: keep their ids apart */
    public HistoryRecorder(LongSupplier nanos, Consumer<HistoryEvent> sink, long firstId) {
        this.nanos = nanos;
        this.sink = sink;
        this.ids = new AtomicLong(firstId);
    }

    /** Call before the first byte is sent. */
    public Invocation invoke(String client, String key, Action action) {
        long id = ids.getAndIncrement();
        sink.accept(new HistoryEvent.Invoked(id, nanos.getAsLong(), client, key, action));
        return new Invocation(id);
    }

    /** An operation in flight. One that is never completed counts as unknown. */
    public final class Invocation {
        private final long id;

        private Invocation(long id) {
            this.id = id;
        }

        /** Call once, after the answer is known. */
        public void complete(Outcome outcome) {
            sink.accept(new HistoryEvent.Completed(id, nanos.getAsLong(), outcome));
        }
    }
}
