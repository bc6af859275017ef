package io.kvcluster.node.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The story of a run: one line an event, with virtual time, who, and what. Costs nothing while nobody reads it. */
final class Trace {
    private final boolean kept;
    private final LongSupplier nanos;
    private final List<String> lines = new ArrayList<>();

    Trace(boolean kept, LongSupplier nanos) {
        this.kept = kept;
        this.nanos = nanos;
    }

    boolean isKept() {
        return kept;
    }

    void say(String who, Supplier<String> what) {
        if (kept) {
            long micros = nanos.getAsLong() / 1_000;
            lines.add(String.format(
                    Locale.ROOT, "%6d.%03d ms  %-9s %s", micros / 1_000, micros % 1_000, who, what.get()));
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
