package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The questions of one loop that wait for an answer; touched on that loop only. An id is loop number (8 bits), a number
 * that grows (32) and the slot (24): an answer finds its asker by two array reads, and one that comes too late finds a slot
 * whose number has changed. Deadlines hang in a {@link DeadlineWheel}.
 */
final class AskTable {
    private static final int SLOT_BITS = 24;
    private static final int NUMBER_BITS = 32;

    private final int loopNumber;
    private final Loop loop;
    private final Clock clock;
    private final int limit;
    private final PeerCounters counters;
    private final DeadlineWheel wheel;

    private @Nullable Ask[] slots = new @Nullable Ask[64];
    private int[] free = new int[64];
    private int freeCount;
    private int used;
    private long number;

    AskTable(int loopNumber, Loop loop, Clock clock, int limit, PeerCounters counters) {
        this.loopNumber = loopNumber;
        this.loop = loop;
        this.clock = clock;
        this.limit = limit;
        this.counters = counters;
        this.wheel = new DeadlineWheel(loop, clock, this::timedOut);
    }

    Loop loop() {
        return loop;
    }

    /** The number of the loop that chose the id. */
    static int loopNumberOf(long id) {
        return (int) (id >>> (NUMBER_BITS + SLOT_BITS));
    }

    void ask(Session session, PeerMessage.Builder request, int maxBytes, long deadlineNanos, AnswerListener listener) {
        if (used == limit || session.isClosed() || deadlineNanos - clock.nanos() <= 0) {
            refuse(listener);
            return;
        }
        int slot = takeSlot();
        number = (number + 1) & 0xFFFF_FFFFL;
        long id = ((long) loopNumber << (NUMBER_BITS + SLOT_BITS)) | (number << SLOT_BITS) | slot;
        Outgoing message = new Outgoing(request.setId(id).build());
        if (message.bytes > maxBytes || !session.offerRequest(message)) {
            giveBack(slot);
            refuse(listener);
            return;
        }
        Ask ask = new Ask(id, session, message, listener, deadlineNanos);
        slots[slot] = ask;
        wheel.add(ask);
    }

    /** Never before {@code ask} returns, so that the asker's own state is in order when it hears. */
    void refuse(AnswerListener listener) {
        counters.asksNotSent.increment();
        loop.post(() -> listener.failed(PeerFailure.NOT_SENT));
    }

    void answered(List<PeerMessage> answers) {
        for (PeerMessage answer : answers) {
            Ask ask = remove(answer.getId());
            if (ask != null) {
                ask.listener.answered(answer);
            }
        }
    }

    /** The link closed: what waits on it will not be answered. */
    void lost(Session session) {
        List<Ask> gone = new ArrayList<>();
        for (Ask ask : slots) {
            if (ask != null && ask.session == session) {
                gone.add(ask);
            }
        }
        gone.sort(Comparator.comparingLong(ask -> ask.id));
        for (Ask ask : gone) {
            if (remove(ask.id) != null) {
                (ask.message.taken ? counters.asksLost : counters.asksNotSent).increment();
                ask.listener.failed(ask.message.taken ? PeerFailure.LOST : PeerFailure.NOT_SENT);
            }
        }
    }

    int waiting() {
        return used;
    }

    private void timedOut(Ask ask) {
        if (remove(ask.id) != null) {
            ask.message.abandoned = true;
            counters.asksTimedOut.increment();
            ask.listener.failed(PeerFailure.TIMEOUT);
        }
    }

    private @Nullable Ask remove(long id) {
        int slot = (int) (id & ((1 << SLOT_BITS) - 1));
        Ask ask = slot < slots.length ? slots[slot] : null;
        if (ask == null || ask.id != id) {
            return null;
        }
        slots[slot] = null;
        giveBack(slot);
        wheel.remove(ask);
        return ask;
    }

    private int takeSlot() {
        if (freeCount > 0) {
            used++;
            return free[--freeCount];
        }
        if (used == slots.length) {
            slots = Arrays.copyOf(slots, 2 * used);
            free = Arrays.copyOf(free, 2 * used);
        }
        return used++;
    }

    private void giveBack(int slot) {
        free[freeCount++] = slot;
        used--;
    }

    /** One question, linked into its bucket of the wheel. */
    static final class Ask {
        final long id;
        final Session session;
        final Outgoing message;
        final AnswerListener listener;
        final long deadlineNanos;

        int bucket;

        @Nullable Ask before;

        @Nullable Ask after;

        Ask(long id, Session session, Outgoing message, AnswerListener listener, long deadlineNanos) {
            this.id = id;
            this.session = session;
            this.message = message;
            this.listener = listener;
            this.deadlineNanos = deadlineNanos;
        }
    }
}
