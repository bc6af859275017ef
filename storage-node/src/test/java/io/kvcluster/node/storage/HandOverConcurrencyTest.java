package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/** Where threads meet in the store, in many of the orders that they can meet in (Lincheck chooses them). */
class HandOverConcurrencyTest {
    private static final int ORDERS = 1_000;

    private static LogEntry entry() {
        return LogEntry.of(RecordType.IDLE_MARK, 0, 0, 0, LogEntry.NOTHING, new LogEntry.End() {
            @Override
            public void durable(Head head) {}

            @Override
            public void refused(Refusal why) {}
        });
    }

    /** The log's loop, as far as the inbox knows it: turns that were asked for, and what they take. */
    private static final class Log {
        private final boolean asksFirst;
        private final LogInbox inbox = new LogInbox(10, 1_000);
        private final AtomicInteger turns = new AtomicInteger();
        private int taken;

        private Log(boolean asksFirst) {
            this.asksFirst = asksFirst;
        }

        private void append() {
            inbox.offer(entry(), false);
            if (inbox.shouldCall()) {
                turns.incrementAndGet();
            }
        }

        /** {@link LogWriter} says that it came before it takes; the other order is wrong. */
        private void turnIfAsked() {
            if (turns.get() == 0) {
                return;
            }
            turns.decrementAndGet();
            if (asksFirst) {
                inbox.called();
            }
            while (!inbox.isEmpty()) {
                inbox.take();
                taken++;
            }
            if (!asksFirst) {
                inbox.called();
            }
        }
    }

    private static void twoAppendWhileTheLogTakes(boolean asksFirst) {
        Log log = new Log(asksFirst);
        Thread one = new Thread(log::append);
        Thread two = new Thread(log::append);
        one.start();
        two.start();
        log.turnIfAsked();
        log.turnIfAsked();
        join(one);
        join(two);
        log.turnIfAsked();
        log.turnIfAsked();
        require(log.inbox.isEmpty(), "an entry waits and nobody comes");
        require(log.taken == 2 && log.inbox.depth() == 0, "each entry is taken once");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new AssertionError(rule);
        }
    }

    @Test
    void whatIsAppendedIsTakenOnceHoweverThreadsMeet() {
        Lincheck.runConcurrentTest(ORDERS, () -> twoAppendWhileTheLogTakes(true));
    }

    @Test
    void aLogThatSaysThatItCameAfterItTookLosesAnEntryAndIsCaught() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(ORDERS, () -> twoAppendWhileTheLogTakes(false)))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("an entry waits and nobody comes");
    }

    @Test
    void aSegmentIsRemovedOnceAndNeverUnderAReader() {
        Lincheck.runConcurrentTest(ORDERS, () -> {
            SegmentFile.Readers readers = new SegmentFile.Readers();
            AtomicInteger removed = new AtomicInteger();
            AtomicInteger readAfterRemoval = new AtomicInteger();
            Runnable read = () -> {
                if (readers.enter()) {
                    readAfterRemoval.addAndGet(removed.get());
                    readers.leave();
                }
            };
            Thread one = new Thread(read);
            Thread two = new Thread(read);
            one.start();
            two.start();
            readers.retire(removed::incrementAndGet);
            join(one);
            join(two);
            require(removed.get() == 1, "removed once");
            require(readAfterRemoval.get() == 0, "nobody reads what is removed");
        });
    }
}
