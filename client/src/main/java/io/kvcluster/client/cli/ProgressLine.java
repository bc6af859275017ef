package io.kvcluster.client.cli;

import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A line that tells how far a long command is: rewritten each half second on a terminal, else a new one each 10 s. */
final class ProgressLine implements AutoCloseable {
    private static final long TERMINAL_MILLIS = 500;
    private static final long FILE_MILLIS = 10_000;

    private final PrintWriter err;
    private final Supplier<String> text;
    private final boolean terminal;
    private final ScheduledExecutorService timer;

    private ProgressLine(PrintWriter err, Supplier<String> text, boolean terminal) {
        this.err = err;
        this.text = text;
        this.terminal = terminal;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("kv-progress").factory());
    }

    static ProgressLine start(PrintWriter err, Supplier<String> text) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        ProgressLine line = new ProgressLine(err, text, terminal);
        long period = terminal ? TERMINAL_MILLIS : FILE_MILLIS;
        line.timer.scheduleAtFixedRate(line::print, period, period, TimeUnit.MILLISECONDS);
        return line;
    }

    private void print() {
        if (terminal) {
            err.print("\r\u001b[K" + text.get());
        } else {
            err.println(text.get());
        }
        err.flush();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        if (terminal) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }
}
