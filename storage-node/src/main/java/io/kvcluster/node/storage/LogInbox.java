package io.kvcluster.node.storage;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What waits for the log thread: many givers, one taker, bounded in records and bytes. */
final class LogInbox {
    private final int maxRecords;
    private final long maxBytes;
    private final ConcurrentLinkedQueue<LogEntry> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger records = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean takerIsCalled = new AtomicBoolean();

    LogInbox(int maxRecords, long maxBytes) {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /** False, and nothing happens, when full; what the log itself needs ({@code must}) always enters. Any thread. */
    boolean offer(LogEntry entry, boolean must) {
        if (!must && (records.get() >= maxRecords || bytes.get() >= maxBytes)) {
            return false;
        }
        records.incrementAndGet();
        bytes.addAndGet(entry.payloadBytes());
        waiting.add(entry);
        return true;
    }

    /** True when the giver has to call the taker. Any thread. */
    boolean shouldCall() {
        return !takerIsCalled.get() && takerIsCalled.compareAndSet(false, true);
    }

    /** The taker came; later givers call it again. */
    void called() {
        takerIsCalled.set(false);
    }

    @Nullable LogEntry peek() {
        return waiting.peek();
    }

    /** The first. Never when empty: there is one taker. */
    LogEntry take() {
        LogEntry head = waiting.remove();
        records.decrementAndGet();
        bytes.addAndGet(-head.payloadBytes());
        return head;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int depth() {
        return records.get();
    }
}
