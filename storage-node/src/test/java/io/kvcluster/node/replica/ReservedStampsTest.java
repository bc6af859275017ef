package io.kvcluster.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.MemoryRecordStore;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.HlcClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReservedStampsTest {
    private static final long FLOOR = Hlc.of(1_000, 0);

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private final Loop loop = new QueueLoop();
    private final MemoryRecordStore store = new MemoryRecordStore(loop, FLOOR);
    private long wallMillis = 1_000;
    private long observed = FLOOR;
    private final ReservedStamps stamps = new ReservedStamps(
            new HlcClock(() -> wallMillis, FLOOR),
            new Actor(1, 1),
            store,
            loop,
            () -> observed,
            stamp -> observed = Math.max(observed, stamp));

    private final class QueueLoop implements Loop {
        @Override
        public boolean offer(Runnable task) {
            return tasks.add(task);
        }

        @Override
        public void post(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer after(long nanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public int depth() {
            return tasks.size();
        }
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    @Test
    void aStampWaitsForTheFirstReservation() {
        stamps.whenReady(0, () -> heard.add("ready"));
        assertThat(heard).isEmpty();
        runAll();
        assertThat(heard).containsExactly("ready");
        assertThat(stamps.next(0).orElseThrow().hlc()).isGreaterThan(FLOOR).isLessThanOrEqualTo(store.reservedHlc);
    }

    @Test
    void whatLiesBelowTheReservationOfAnEarlierLifeIsPastForGood() {
        stamps.whenPast(FLOOR, () -> heard.add("past"));
        assertThat(heard).containsExactly("past");
    }

    @Test
    void theClockIsPastForGoodOnlyWhenAReservationAboveIsDurable() {
        long expiry = Hlc.of(9_000, 0);
        stamps.whenPast(expiry, () -> heard.add("past with " + (store.reservedHlc > expiry)));
        assertThat(heard).isEmpty();
        assertThat(observed)
                .as("at once, so that no frame from now on says less")
                .isEqualTo(expiry);
        runAll();
        assertThat(heard).containsExactly("past with true");
        assertThat(stamps.now()).isGreaterThanOrEqualTo(expiry);
    }

    @Test
    void aClockThatIsPastForGoodNeedsNoSecondReservation() {
        long expiry = Hlc.of(9_000, 0);
        stamps.whenPast(expiry, () -> heard.add("first"));
        runAll();
        stamps.whenPast(expiry, () -> heard.add("second"));
        assertThat(heard).containsExactly("first", "second");
        assertThat(tasks).isEmpty();
    }
}
