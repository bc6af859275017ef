package io.kvcluster.node.peer;

import io.kvcluster.node.peer.AskTable.Ask;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one loop's asks: a hashed timing wheel (Varghese and Lauck, 1987) of 1,024 buckets of 10 ms. Adding and
 * removing are constant; a deadline beyond one turn stays in its bucket for another. Turns only while something waits.
 */
final class DeadlineWheel {
    static final long TICK_NANOS = 10_000_000;
    private static final int BUCKETS = 1_024;

    private final Loop loop;
    private final Clock clock;
    private final Consumer<Ask> expired;
    private final long originNanos;
    private final @Nullable Ask[] buckets = new @Nullable Ask[BUCKETS];
    private int size;
    private boolean turning;

    /** Every bucket of a tick before this one has been looked at. */
    private long nextTick;

    DeadlineWheel(Loop loop, Clock clock, Consumer<Ask> expired) {
        this.loop = loop;
        this.clock = clock;
        this.expired = expired;
        this.originNanos = clock.nanos();
    }

    void add(Ask ask) {
        if (!turning) {
            nextTick = tickOf(clock.nanos());
            turning = true;
            loop.after(TICK_NANOS, this::turn);
        }
        ask.bucket = (int) (Math.max(nextTick, tickOf(ask.deadlineNanos)) % BUCKETS);
        Ask head = buckets[ask.bucket];
        ask.after = head;
        if (head != null) {
            head.before = ask;
        }
        buckets[ask.bucket] = ask;
        size++;
    }

    void remove(Ask ask) {
        Ask before = ask.before;
        Ask after = ask.after;
        if (before == null) {
            buckets[ask.bucket] = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
        ask.before = null;
        ask.after = null;
        size--;
    }

    private void turn() {
        long now = clock.nanos();
        long nowTick = tickOf(now);
        // A bucket is looked at when its tick is over; after a long pause one full turn sees them all.
        long last = Math.min(nowTick - 1, nextTick + BUCKETS - 1);
        for (long tick = nextTick; tick <= last; tick++) {
            expire((int) (tick % BUCKETS), now);
        }
        nextTick = Math.max(nextTick, nowTick);
        if (size == 0) {
            turning = false;
        } else {
            loop.after(TICK_NANOS, this::turn);
        }
    }

    private void expire(int bucket, long now) {
        Ask ask = buckets[bucket];
        while (ask != null) {
            Ask after = ask.after;
            if (ask.deadlineNanos - now <= 0) {
                expired.accept(ask);
                // What the listener did may have changed the list: start over.
                after = buckets[bucket];
            }
            ask = after;
        }
    }

    private long tickOf(long nanos) {
        return Math.max(0, (nanos - originNanos) / TICK_NANOS);
    }
}
