package io.kvcluster.node.seams;

import java.util.concurrent.CountDownLatch;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/** A loop that parks and those that give it tasks, in many of the orders that they can meet in (Lincheck chooses them). */
class ThreadLoopConcurrencyTest {
    private static final int ORDERS = 100;

    /** A loop that slept on would leave this thread waiting, which Lincheck reports as a deadlock. */
    @Test
    void whoeverGivesATaskWakesTheLoop() {
        Lincheck.runConcurrentTest(ORDERS, () -> {
            ThreadLoop loop = new ThreadLoop("loop", 10, bug -> {});
            CountDownLatch ran = new CountDownLatch(2);
            loop.start();
            Thread other = new Thread(() -> loop.post(ran::countDown));
            other.start();
            loop.post(ran::countDown);
            try {
                ran.await();
                other.join();
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            loop.stop();
        });
    }
}
