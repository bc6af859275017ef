package io.kvcluster.node.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** What makes replicas equal again. Any thread; additions only. */
public final class RepairMetrics {
    /** What became of a hint. */
    public enum Hint {
        STORED,
        REPLAYED,
        DROPPED
    }

    /** How an exchange ended. */
    public enum Exchange {
        EQUAL,
        REPAIRED,
        FAILED
    }

    private final CounterDataPoint[] hints = new CounterDataPoint[Hint.values().length];
    private final CounterDataPoint[] exchanges = new CounterDataPoint[Exchange.values().length];
    private final Counter keys;
    private final Counter bytes;
    private final Counter tombstones;
    private final Counter losses;
    private final Counter corrupt;
    private final Counter scrubbedRecords;
    private final Counter scrubbedBytes;

    RepairMetrics(PrometheusRegistry registry) {
        Counter ofHints =
                counter(registry, "kvstore_hint_events_total", "Writes kept for stores that missed them", "event");
        for (Hint hint : Hint.values()) {
            hints[hint.ordinal()] = ofHints.labelValues(hint.name().toLowerCase(Locale.ROOT));
        }
        Counter ofExchanges =
                counter(registry, "kvstore_exchanges_total", "Exchanges that this node drove, by their end", "result");
        for (Exchange end : Exchange.values()) {
            exchanges[end.ordinal()] = ofExchanges.labelValues(end.name().toLowerCase(Locale.ROOT));
        }
        keys = counter(registry, "kvstore_repaired_keys_total", "Keys given or taken by exchanges");
        bytes = counter(registry, "kvstore_repair_bytes_total", "Bytes of exchanges and hints, sent or received");
        tombstones = counter(registry, "kvstore_tombstones_collected_total", "Keys forgotten that were deleted");
        losses = counter(
                registry,
                "kvstore_possible_losses_total",
                "Suspicions that ended without enough witnesses, and damaged records that no other replica held");
        corrupt = counter(registry, "kvstore_corrupt_records_repaired_total", "Damaged records written again");
        scrubbedRecords =
                counter(registry, "kvstore_scrubbed_records_total", "Records read back from the disk by scrubs");
        scrubbedBytes = counter(registry, "kvstore_scrubbed_bytes_total", "Bytes read back from the disk by scrubs");
    }

    private static Counter counter(PrometheusRegistry registry, String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    public void hint(Hint event) {
        hints[event.ordinal()].inc();
    }

    public void exchanged(Exchange end) {
        exchanges[end.ordinal()].inc();
    }

    public void keyRepaired() {
        keys.inc();
    }

    public void bytesMoved(int moved) {
        bytes.inc(moved);
    }

    public void tombstonesCollected(int collected) {
        tombstones.inc(collected);
    }

    public void possibleLoss() {
        losses.inc();
    }

    public void corruptRecordRepaired() {
        corrupt.inc();
    }

    public void scrubbed(int records, long read) {
        scrubbedRecords.inc(records);
        scrubbedBytes.inc(read);
    }

    /** What became of hints, exchanges and records so far. */
    public Totals totals() {
        return new Totals(
                of(hints[Hint.REPLAYED.ordinal()]),
                of(exchanges[Exchange.EQUAL.ordinal()]),
                of(exchanges[Exchange.REPAIRED.ordinal()]),
                of(exchanges[Exchange.FAILED.ordinal()]),
                (long) keys.get(),
                (long) bytes.get(),
                (long) corrupt.get());
    }

    private static long of(CounterDataPoint counter) {
        return (long) counter.get();
    }

    /** Since the process started. */
    public record Totals(
            long hintsReplayed,
            long exchangesEqual,
            long exchangesRepaired,
            long exchangesFailed,
            long keysRepaired,
            long bytesMoved,
            long corruptRepaired) {}
}
