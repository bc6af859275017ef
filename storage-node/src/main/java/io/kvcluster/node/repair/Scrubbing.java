package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.Scrub;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one loop's partitions back from the disk, slice by slice, at its own rate, and has those fetched from other
 * replicas that are damaged. A partition that is through builds its tree again and is exchanged with everybody: by then its
 * index has been held to the disk, so that what the tree says is what the disk holds. On one loop.
 */
final class Scrubbing {
    private static final int SLICE_KEYS = 256;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RepairSetup setup;
    private final RepairEvents events;
    private final Loop loop;
    private final ByteBudget budget;
    private final ArrayDeque<PartitionRepair> waiting = new ArrayDeque<>();
    private @Nullable PartitionRepair current;
    private Optional<Key> after = Optional.empty();
    private ScrubReport report = ScrubReport.NONE;
    private boolean stopped;

    Scrubbing(RepairSetup setup, RepairEvents events, Loop loop) {
        this.setup = setup;
        this.events = events;
        this.loop = loop;
        this.budget = new ByteBudget(
                setup.config().scrubBytesPerSecond(), setup.clock().nanos());
    }

    /** One that waits already, or is under way, is not taken twice. */
    void add(PartitionRepair partition) {
        if (partition.scrubbing()) {
            return;
        }
        partition.scrubbing(true);
        waiting.add(partition);
        if (current == null && waiting.size() == 1) {
            report = new ScrubReport(0, 0, 0, 0, 0, setup.clock().wallMillis(), 0);
            loop.post(this::next);
        }
    }

    /** What was read stays read; no exchange follows where it was not through. */
    void cancel() {
        waiting.forEach(partition -> partition.scrubbing(false));
        waiting.clear();
        PartitionRepair now = current;
        if (now != null) {
            now.scrubbing(false);
        }
    }

    void stop() {
        stopped = true;
    }

    ScrubReport report() {
        return report.withLeft(waiting.size() + (current == null ? 0 : 1));
    }

    private void next() {
        current = waiting.poll();
        after = Optional.empty();
        if (current == null) {
            report = report.ended(setup.clock().wallMillis());
        } else {
            slice(current);
        }
    }

    private void slice(PartitionRepair partition) {
        if (stopped) {
            return;
        }
        if (!partition.held() || !partition.scrubbing()) {
            partition.scrubbing(false);
            next();
            return;
        }
        long wait = budget.waitNanos(setup.clock().nanos());
        if (!partition.side().roomForCorrupt(SLICE_KEYS)) {
            // what is found must be remembered until another replica gave it
            wait = Math.max(wait, AGAIN_NANOS);
        }
        if (wait > 0) {
            loop.after(wait, () -> slice(partition));
            return;
        }
        setup.scrub().scrub(partition.partition(), after, SLICE_KEYS, result -> {
            switch (result) {
                case Scrub.Result.CannotSay _ -> loop.after(AGAIN_NANOS, () -> slice(partition));
                case Scrub.Slice slice -> scrubbed(partition, slice);
            }
        });
    }

    /** What is damaged was told to the store's listener, as whatever meets such records does, and is remembered by now. */
    private void scrubbed(PartitionRepair partition, Scrub.Slice slice) {
        long bytes = 0;
        for (RecordStore.Row row : slice.whole()) {
            bytes += row.at().length();
        }
        budget.moved(Math.toIntExact(bytes), setup.clock().nanos());
        int records = slice.whole().size() + slice.corrupt().size();
        report = report.read(records, bytes, slice.corrupt().size());
        events.scrubbed(records, bytes, slice.corrupt().size());
        after = slice.next();
        if (after.isPresent()) {
            loop.post(() -> slice(partition));
            return;
        }
        if (partition.scrubbing()) {
            partition.scrubbing(false);
            partition.side().indexRebuilt();
            partition.markAllDirty();
            report = report.through();
        }
        next();
    }
}
