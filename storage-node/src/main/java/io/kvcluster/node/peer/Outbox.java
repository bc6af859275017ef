package io.kvcluster.node.peer;

import io.kvcluster.proto.peer.PeerFrame;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one link, bounded. Any thread puts in; the link's thread alone takes out, as frames. Of the threads that
 * put in, exactly one is told to wake the link; it stays awake until a flush has found the box empty.
 */
final class Outbox {
    private final int maxMessages;
    private final long maxBytes;
    private final ConcurrentLinkedQueue<Outgoing> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean awake = new AtomicBoolean();

    /** Taken from the queue but did not fit the last frame. Link's thread only. */
    private @Nullable Outgoing held;

    Outbox(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** False when full for requests. */
    boolean offerRequest(Outgoing request) {
        return offer(request, maxMessages, maxBytes);
    }

    /** Answers to what was admitted have room of their own, so that requests cannot starve them. */
    boolean offerAnswer(Outgoing answer) {
        return offer(answer, 3 * maxMessages, 3 * maxBytes);
    }

    /** Heartbeats and rings: few by nature, and most needed when the box is full. */
    void add(Outgoing message) {
        messages.incrementAndGet();
        bytes.addAndGet(message.bytes);
        waiting.add(message);
    }

    private boolean offer(Outgoing message, int messageLimit, long byteLimit) {
        // Checked before adding: several threads may overshoot by one message each, which the limits can bear.
        if (messages.get() >= messageLimit || bytes.get() + message.bytes > byteLimit) {
            return false;
        }
        add(message);
        return true;
    }

    /** True for exactly one caller until the box was found empty: that one wakes the link. */
    boolean mustWake() {
        return !awake.get() && awake.compareAndSet(false, true);
    }

    /** The link found nothing left. True when something came meanwhile and the link must go on. */
    boolean restAndRecheck() {
        awake.set(false);
        return messages.get() > 0 && mustWake();
    }

    /** Fills a frame with what waits, up to {@code frameBytes} and at least one message. False: nothing waits. Link's thread only. */
    boolean fill(PeerFrame.Builder frame, int frameBytes) {
        int size = 0;
        for (Outgoing next = take(); next != null; next = take()) {
            if (size > 0 && size + next.bytes > frameBytes) {
                held = next;
                return true;
            }
            messages.decrementAndGet();
            bytes.addAndGet(-next.bytes);
            if (!next.abandoned) {
                next.taken = true;
                size += next.bytes;
                frame.addMessages(next.message);
            }
        }
        return size > 0;
    }

    private @Nullable Outgoing take() {
        Outgoing first = held;
        held = null;
        return first == null ? waiting.poll() : first;
    }

    int depth() {
        return messages.get();
    }
}
