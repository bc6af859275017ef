package io.kvcluster.e2e.chaos;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A line every few seconds, for whoever waits. */
final class Progress implements AutoCloseable {
    private static final int EVERY_SECONDS = 5;

    private final Populations clients;
    private final Duration length;
    private final long beginNanos = System.nanoTime();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private volatile String now = "";
    private volatile String change = "";
    private long acknowledgedBefore;

    Progress(Populations clients, Duration length) {
        this.clients = clients;
        this.length = length;
        timer.scheduleAtFixedRate(this::line, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    /** What is broken, empty: nothing. */
    void now(String fault) {
        now = fault;
    }

    /** What is being changed, empty: nothing. */
    void change(String what) {
        change = what;
    }

    private void line() {
        long acknowledged = clients.acknowledged();
        if (acknowledged == acknowledgedBefore && now.isEmpty()) {
            return; // the clients have stopped
        }
        say(String.format(
                "%4d ops/s, %d acknowledged, %d failed  %s",
                (acknowledged - acknowledgedBefore) / EVERY_SECONDS,
                acknowledged,
                clients.failed(),
                String.join(" | ", change, now)));
        acknowledgedBefore = acknowledged;
    }

    void say(String what) {
        System.out.println(
                "chaos " + (System.nanoTime() - beginNanos) / 1_000_000_000 + "/" + length.toSeconds() + " s  " + what);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
