package io.kvcluster.node.seams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loops and workers on real threads. */
class ThreadLoopTest {
    private static final int SECONDS = 30;

    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private final CountDownLatch bugs = new CountDownLatch(1);
    private final ThreadLoop loop = started(new ThreadLoop("loop", 4, this::note));

    private static ThreadLoop started(ThreadLoop loop) {
        loop.start();
        return loop;
    }

    private void note(Throwable thrown) {
        bug.set(thrown);
        bugs.countDown();
    }

    @AfterEach
    void stop() {
        loop.stop();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasksOfEachGiverRunOneAtATimeInTheirOrder() throws Exception {
        int givers = 4;
        int each = 20_000;
        int[] last = new int[givers];
        AtomicInteger running = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(givers * each);
        List<Thread> threads = new ArrayList<>();
        for (int giver = 0; giver < givers; giver++) {
            int number = giver;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= each; i++) {
                    int order = i;
                    loop.post(() -> {
                        assertThat(running.incrementAndGet()).isEqualTo(1);
                        assertThat(loop.isCurrent()).isTrue();
                        assertThat(last[number]).isEqualTo(order - 1);
                        last[number] = order;
                        running.decrementAndGet();
                        done.countDown();
                    });
                }
            }));
        }
        await(done);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(bug.get()).isNull();
        assertThat(loop.isCurrent()).isFalse();
    }

    @Test
    void aTaskPostedToAParkedLoopWakesIt() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            loop.post(ran::countDown);
            await(ran);
        }
    }

    @Test
    void aFullMailboxRefusesNewWorkButNotContinuations() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch holds = new CountDownLatch(1);
        loop.post(() -> {
            holds.countDown();
            try {
                await(release);
            } catch (InterruptedException ended) {
                throw new AssertionError(ended);
            }
        });
        await(holds);
        for (int i = 0; i < 4; i++) {
            assertThat(loop.offer(() -> {})).isTrue();
        }
        assertThat(loop.offer(() -> {})).isFalse();
        assertThat(loop.depth()).isEqualTo(4);
        CountDownLatch continued = new CountDownLatch(1);
        loop.post(continued::countDown);
        release.countDown();
        await(continued);
    }

    @Test
    void timersRunInTheirOrderAndCancelledOnesNever() throws Exception {
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1);
        loop.post(() -> {
            loop.after(TimeUnit.MILLISECONDS.toNanos(30), () -> {
                ran.add(3);
                done.countDown();
            });
            loop.after(TimeUnit.MILLISECONDS.toNanos(10), () -> ran.add(1));
            loop.after(TimeUnit.MILLISECONDS.toNanos(10), () -> ran.add(2));
            Loop.Timer cancelled = loop.after(TimeUnit.MILLISECONDS.toNanos(20), () -> ran.add(99));
            cancelled.cancel();
            cancelled.cancel();
            for (int i = 0; i < 5_000; i++) {
                loop.after(TimeUnit.SECONDS.toNanos(3_600), () -> ran.add(99)).cancel();
            }
        });
        await(done);
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void aTimerFromAnotherThreadRunsOnTheLoop() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        loop.after(1_000, () -> {
            assertThat(loop.isCurrent()).isTrue();
            ran.countDown();
        });
        await(ran);
    }

    @Test
    void aTaskThatThrowsIsReportedAsABugAndEndsTheLoop() throws Exception {
        loop.post(() -> {
            throw new IllegalStateException("broken");
        });
        await(bugs);
        assertThat(bug.get()).hasMessage("broken");
    }

    @Test
    void aWorkerRefusesWhatItsQueueCannotHoldAndReportsBugs() throws Exception {
        ThreadWorker worker = new ThreadWorker("worker", 1, 1, this::note);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch holds = new CountDownLatch(1);
        assertThat(worker.offer(() -> {
                    holds.countDown();
                    try {
                        await(release);
                    } catch (InterruptedException ended) {
                        throw new AssertionError(ended);
                    }
                }))
                .isTrue();
        await(holds);
        assertThat(worker.offer(() -> {
                    throw new IllegalStateException("broken");
                }))
                .isTrue();
        assertThat(worker.offer(() -> {})).isFalse();
        release.countDown();
        await(bugs);
        assertThat(bug.get()).hasMessage("broken");
        worker.close();
        assertThat(worker.offer(() -> {})).isFalse();
    }

    @Test
    void theSystemEnvironmentHasClocksRandomsAndABootId(@TempDir Path directory) throws Exception {
        try (SystemEnvironment environment = new SystemEnvironment(new FileDisk(directory))) {
            assertThat(environment.clock().wallMillis()).isGreaterThan(1_700_000_000_000L);
            long before = environment.clock().nanos();
            assertThat(environment.clock().nanos()).isGreaterThanOrEqualTo(before);
            assertThat(environment.newRandom("a").nextLong())
                    .isNotEqualTo(environment.newRandom("a").nextLong());
            assertThat(environment.bootId()).isEqualTo(environment.bootId());
            CountDownLatch ran = new CountDownLatch(1);
            assertThat(environment.newLoop("l", 10).offer(ran::countDown)).isTrue();
            await(ran);
        }
    }
}
