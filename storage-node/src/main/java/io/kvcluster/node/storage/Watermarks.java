package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A number per partition that only grows: the stamp up to which all replicas exchanged everything ({@link #NAME}), and the move
 * for which the copy here was begun ({@link #COPIES}). In a file of its own, replaced whole: it is a few bytes, must not be lost
 * with the log's tail, and gives compaction nothing to carry on. A number is shown only when it is durable, so that nothing is
 * dropped because of one that a power cut takes back. What is raised while a write is under way goes into the next. The log's loop
 * owns it; any thread reads.
 */
final class Watermarks {
    static final String NAME = "repaired";
    static final String COPIES = "copies";
    private static final Logger log = LoggerFactory.getLogger(Watermarks.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final Disk disk;
    private final Loop loop;
    private final Worker worker;
    private final AtomicLongArray durable;
    private final Map<Integer, Long> wanted = new TreeMap<>();
    private List<Runnable> waiting = new ArrayList<>();
    private boolean busy;

    /** @param upTo stamps by partition */
    record Saved(Map<Integer, Long> upTo) {
        Saved {
            upTo = Map.copyOf(upTo);
        }
    }

    /** @param worker may block */
    Watermarks(String name, Disk disk, int partitions, Saved saved, Loop loop, Worker worker) {
        this.name = name;
        this.disk = disk;
        this.loop = loop;
        this.worker = worker;
        this.durable = new AtomicLongArray(partitions);
        saved.upTo.forEach(durable::set);
    }

    /** @throws StoreException when the file is damaged: a store that forgot what it collected would bring deletes back */
    static Saved read(Disk disk, String name) throws IOException, StoreException {
        return SmallFile.read(disk, name, Saved.class).orElse(new Saved(Map.of()));
    }

    /** Any thread. */
    long upTo(int partition) {
        return durable.get(partition);
    }

    /** On the loop; so is {@code then}. */
    void raise(int partition, long hlc, Runnable then) {
        if (hlc <= durable.get(partition)) {
            then.run();
            return;
        }
        wanted.merge(partition, hlc, Math::max);
        waiting.add(then);
        if (!busy) {
            save();
        }
    }

    private void save() {
        Map<Integer, Long> all = new TreeMap<>(wanted);
        for (int partition = 0; partition < durable.length(); partition++) {
            if (durable.get(partition) > 0) {
                all.merge(partition, durable.get(partition), Math::max);
            }
        }
        List<Runnable> saving = waiting;
        waiting = new ArrayList<>();
        busy = true;
        if (!worker.offer(() -> write(all, saving))) {
            retry(saving);
        }
    }

    private void write(Map<Integer, Long> all, List<Runnable> saving) {
        try {
            SmallFile.write(disk, name, new Saved(all));
            loop.post(() -> saved(all, saving));
        } catch (IOException failed) {
            log.warn("File {} could not be saved; trying again", name, failed);
            loop.post(() -> retry(saving));
        }
    }

    private void saved(Map<Integer, Long> all, List<Runnable> saving) {
        busy = false;
        all.forEach(durable::set);
        wanted.entrySet().removeIf(each -> each.getValue() <= durable.get(each.getKey()));
        saving.forEach(Runnable::run);
        if (!waiting.isEmpty() && !busy) {
            save();
        }
    }

    private void retry(List<Runnable> saving) {
        loop.after(RETRY_NANOS, () -> {
            saving.addAll(waiting);
            waiting = saving;
            save();
        });
    }
}
