package io.kvcluster.node.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests under way and their bytes, refuses what is over the bounds, and knows when the last one has ended. Any thread. */
final class Admission {
    enum Verdict {
        ADMITTED,
        OVERLOADED,
        CLOSED
    }

    private final int maxRequests;
    private final long maxBytes;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder refused = new LongAdder();
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean closed;

    Admission(RpcLimits limits) {
        this.maxRequests = limits.requests();
        this.maxBytes = limits.requestBytes();
    }

    /** After ADMITTED, and only then, {@link #leave} must follow. */
    Verdict enter() {
        // Counted before `closed` is read: close() sees this request, or this request sees that it is closed.
        int now = requests.incrementAndGet();
        if (closed) {
            leave(0);
            return Verdict.CLOSED;
        }
        if (now > maxRequests) {
            leave(0);
            refused.increment();
            return Verdict.OVERLOADED;
        }
        return Verdict.ADMITTED;
    }

    /** Takes bytes for a request that has entered. False, and nothing is taken, when there is no room. */
    boolean take(long more) {
        if (bytes.addAndGet(more) > maxBytes) {
            bytes.addAndGet(-more);
            refused.increment();
            return false;
        }
        return true;
    }

    /** @param taken all bytes that {@link #take} gave this request */
    void leave(long taken) {
        bytes.addAndGet(-taken);
        if (requests.decrementAndGet() == 0 && closed) {
            idle.complete(null);
        }
    }

    /** Admits nobody from now on. The future completes when the last request has left. */
    CompletableFuture<Void> close() {
        closed = true;
        if (requests.get() == 0) {
            idle.complete(null);
        }
        return idle;
    }

    int requests() {
        return requests.get();
    }

    /** Since start. */
    long refused() {
        return refused.sum();
    }
}
