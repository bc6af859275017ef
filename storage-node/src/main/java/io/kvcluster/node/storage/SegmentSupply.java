package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.seams.DiskFullException;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the next segment ready (zero-filled and forced, still without its name), and watches the free space: below the reserve
 * the disk counts as full, and a new segment is made only when the reserve remains after it, or for compaction, which gives back
 * more than it takes. Owned by the log's loop; the files are made by a worker.
 */
final class SegmentSupply {
    private final StoreConfig config;
    private final Disk disk;
    private final Worker worker;
    private final Loop loop;
    private final Consumer<IOException> onError;
    private final Runnable onChange;

    private @Nullable DiskFile ready;
    private boolean busy;
    private boolean lookAgain;
    private boolean reserveToo;
    private int wanted;
    private volatile boolean starved;
    private volatile boolean full;
    private volatile long freeBytes;
    private volatile long totalBytes;

    /** @param onChange runs on the loop when a segment became ready or the disk full or not */
    SegmentSupply(
            StoreConfig config, Disk disk, Worker worker, Loop loop, Consumer<IOException> onError, Runnable onChange) {
        this.config = config;
        this.disk = disk;
        this.worker = worker;
        this.loop = loop;
        this.onError = onError;
        this.onChange = onChange;
    }

    /** What the worker found. */
    private record Look(
            long free, long total, boolean missed, @Nullable DiskFile made) {}

    static String temporary(int number) {
        return SegmentFile.path(number, SegmentFile.TEMPORARY);
    }

    /** Asks for segment {@code number} to be made. */
    void want(int number) {
        wanted = number;
        look();
    }

    /** The segment asked for, once; null while it is not ready. */
    @Nullable DiskFile take() {
        DiskFile taken = ready;
        ready = null;
        return taken;
    }

    /** What waits for the segment may take it out of the reserve. */
    void mayUseReserve(boolean may) {
        boolean news = may && !reserveToo;
        reserveToo = may;
        if (news) {
            look();
        }
    }

    /** The segment asked for could not be made. Any thread. */
    boolean starved() {
        return starved;
    }

    /** Any thread. */
    boolean full() {
        return full;
    }

    long freeBytes() {
        return freeBytes;
    }

    long totalBytes() {
        return totalBytes;
    }

    /** Looks at the free space, and makes the segment if one is wanted and fits. */
    void look() {
        lookAgain = busy;
        if (busy) {
            return;
        }
        int make = ready == null ? wanted : 0;
        long left = reserveToo ? 0 : config.reserveBytes();
        busy = worker.offer(() -> lookNow(make, left));
    }

    /** First look, before the loop runs. */
    void lookFirst() throws IOException {
        apply(new Look(disk.freeBytes(), disk.totalBytes(), false, null));
    }

    /** @param left what has to stay free */
    private void lookNow(int make, long left) {
        try {
            long free = disk.freeBytes();
            DiskFile made = make > 0 && free >= left + config.segmentBytes() ? make(make) : null;
            boolean missed = make > 0 && made == null;
            Look look = new Look(made == null ? free : disk.freeBytes(), disk.totalBytes(), missed, made);
            loop.post(() -> finished(look, null));
        } catch (IOException failed) {
            loop.post(() -> finished(null, failed));
        }
    }

    private @Nullable DiskFile make(int number) throws IOException {
        try {
            disk.delete(temporary(number));
            DiskFile file = disk.create(temporary(number), config.segmentBytes());
            file.force();
            return file;
        } catch (DiskFullException raced) {
            return null;
        }
    }

    private void finished(@Nullable Look look, @Nullable IOException failed) {
        busy = false;
        if (failed != null) {
            onError.accept(failed);
        } else if (look != null) {
            apply(look);
            onChange.run();
            if (lookAgain) {
                look();
            }
        }
    }

    private void apply(Look look) {
        if (look.made != null) {
            ready = look.made;
            reserveToo = false;
        }
        starved = look.missed;
        freeBytes = look.free;
        totalBytes = look.total;
        full = look.free < config.reserveBytes();
    }
}
