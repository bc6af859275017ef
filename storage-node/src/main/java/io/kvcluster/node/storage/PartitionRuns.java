package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the log's entries by partition and key within bounded memory: entries are dealt to one run per partition, kept in memory
 * up to a share of the budget and beyond that in a file; a run is loaded and sorted when its partition's turn comes.
 */
final class PartitionRuns implements LogVisitor {
    static final String DIRECTORY = "index";
    static final String SUFFIX = ".run";
    private static final long BUDGET_BYTES = 32L << 20;
    private static final int FIRST_BYTES = 4 << 10;
    /** u64 LSN, u32 segment, offset, length, u16 key length, u32 metadata length. */
    private static final int ITEM_FIXED = 26;

    private static final int SEGMENT_AT = 8;
    private static final int KEY_LENGTH_AT = 20;
    private static final int META_LENGTH_AT = 22;

    private final Disk disk;
    private final IntPredicate wanted;
    private final int share;
    private final Map<Integer, Run> runs = new HashMap<>();
    private final Map<Integer, Long> droppedBefore = new HashMap<>();
    private long items;

    /** @param wanted the partitions to collect. @param partitions how many may come */
    PartitionRuns(Disk disk, IntPredicate wanted, int partitions) {
        this.disk = disk;
        this.wanted = wanted;
        this.share = (int) Math.max(FIRST_BYTES, BUDGET_BYTES / partitions);
    }

    private static final class Run {
        private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES);
        private @Nullable DiskFile file;
        private long fileBytes;
    }

    long items() {
        return items;
    }

    @Override
    public void record(int partition, long lsn, Location at, Key key, byte[] meta) throws IOException {
        if (!wanted.test(partition)) {
            return;
        }
        byte[] bytes = key.bytes();
        ByteBuffer into = room(partition, ITEM_FIXED + bytes.length + meta.length);
        into.putLong(lsn).putInt(at.segment()).putInt(at.offset()).putInt(at.length());
        into.putShort((short) bytes.length).putInt(meta.length).put(bytes).put(meta);
        items++;
    }

    @Override
    public void dropped(int partition, long lsn) {
        droppedBefore.merge(partition, lsn, Math::max);
    }

    private ByteBuffer room(int partition, int bytes) throws IOException {
        Run run = runs.computeIfAbsent(partition, absent -> new Run());
        if (run.buffer.remaining() < bytes) {
            if (run.buffer.position() + bytes > share) {
                spill(partition, run);
            }
            int needed = Math.max(run.buffer.position() + bytes, Math.min(share, run.buffer.capacity() * 2));
            if (needed > run.buffer.capacity()) {
                run.buffer = ByteBuffer.allocate(needed).put(run.buffer.flip());
            }
        }
        return run.buffer;
    }

    private void spill(int partition, Run run) throws IOException {
        DiskFile file = run.file;
        if (file == null) {
            disk.delete(name(partition));
            file = disk.create(name(partition), 0);
            run.file = file;
        }
        run.buffer.flip();
        int bytes = run.buffer.remaining();
        file.write(run.buffer, run.fileBytes);
        run.fileBytes += bytes;
        run.buffer.clear();
    }

    private static String name(int partition) {
        return String.format(Locale.ROOT, "%s/%04x%s", DIRECTORY, partition, SUFFIX);
    }

    /** The partition's newest entry of each key, in key order; the run is forgotten. */
    SortedRun take(int partition) throws IOException {
        Run run = runs.remove(partition);
        long dropped = droppedBefore.getOrDefault(partition, 0L);
        if (run == null) {
            return new SortedRun(new byte[0], new Integer[0], dropped);
        }
        byte[] bytes = new byte[Math.toIntExact(run.fileBytes + run.buffer.position())];
        DiskFile file = run.file;
        if (file != null) {
            ByteBuffer into = ByteBuffer.wrap(bytes, 0, (int) run.fileBytes);
            if (file.read(into, 0) < run.fileBytes) {
                throw new IOException(name(partition) + " is shorter than what was written to it");
            }
            file.close();
            disk.delete(name(partition));
        }
        run.buffer.flip().get(bytes, (int) run.fileBytes, run.buffer.limit());
        return SortedRun.of(bytes, dropped);
    }

    /**
     * Entries of one partition in key order; of each key the one with the greatest LSN, unless a drop hides it. Of two copies of
     * one record the one in the later segment: compaction wrote it, and the other's segment may go.
     */
    static final class SortedRun {
        private final byte[] bytes;
        private final ByteBuffer view;
        private final Integer[] starts;
        private final long droppedBefore;
        private int next;

        private SortedRun(byte[] bytes, Integer[] starts, long droppedBefore) {
            this.bytes = bytes;
            this.view = ByteBuffer.wrap(bytes);
            this.starts = starts;
            this.droppedBefore = droppedBefore;
        }

        static SortedRun of(byte[] bytes, long droppedBefore) {
            ByteBuffer view = ByteBuffer.wrap(bytes);
            int count = 0;
            for (int at = 0; at < bytes.length; at += itemBytes(view, at)) {
                count++;
            }
            Integer[] starts = new Integer[count];
            for (int i = 0, at = 0; i < count; at += itemBytes(view, at), i++) {
                starts[i] = at;
            }
            SortedRun run = new SortedRun(bytes, starts, droppedBefore);
            Arrays.sort(starts, (a, b) -> {
                int byKey = run.compareKeys(a, b);
                int byLsn = byKey != 0 ? byKey : Long.compare(view.getLong(b), view.getLong(a));
                return byLsn != 0 ? byLsn : Integer.compare(view.getInt(b + SEGMENT_AT), view.getInt(a + SEGMENT_AT));
            });
            return run;
        }

        private static int itemBytes(ByteBuffer view, int at) {
            return ITEM_FIXED + keyBytes(view, at) + view.getInt(at + META_LENGTH_AT);
        }

        private static int keyBytes(ByteBuffer view, int at) {
            return view.getShort(at + KEY_LENGTH_AT) & 0xffff;
        }

        private int compareKeys(int a, int b) {
            int keyA = a + ITEM_FIXED;
            int keyB = b + ITEM_FIXED;
            return Arrays.compareUnsigned(bytes, keyA, keyA + keyBytes(view, a), bytes, keyB, keyB + keyBytes(view, b));
        }

        /** Feeds up to {@code limit} keys. False when there are no more. */
        boolean feed(int limit, Sink sink) {
            for (int fed = 0; next < starts.length && fed < limit; next++) {
                int at = starts[next];
                boolean newest = next == 0 || compareKeys(starts[next - 1], at) != 0;
                if (newest && view.getLong(at) >= droppedBefore) {
                    give(at, sink);
                    fed++;
                }
            }
            return next < starts.length;
        }

        private void give(int at, Sink sink) {
            int key = at + ITEM_FIXED;
            int meta = key + keyBytes(view, at);
            Location location = new Location(view.getInt(at + 8), view.getInt(at + 12), view.getInt(at + 16));
            sink.accept(
                    Key.of(Arrays.copyOfRange(bytes, key, meta)),
                    new IndexEntry(
                            view.getLong(at),
                            location,
                            Arrays.copyOfRange(bytes, meta, meta + view.getInt(at + META_LENGTH_AT))));
        }
    }

    /** Takes the entries. */
    interface Sink {
        void accept(Key key, IndexEntry entry);
    }
}
