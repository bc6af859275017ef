package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.FileDisk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;
import org.mapdb.StoreDirect;
import org.mapdb.volume.MappedFileVol;
import org.mapdb.volume.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One memory-mapped MapDB file, one tree per partition. No transactions: MapDB's own log is not replayed at open, and the file is
 * only trusted after an orderly close anyway. MapDB extends the file by zero-filling and syncing on the calling thread; to keep
 * that off the loop the volume is made here, and extended ahead of need by a background thread.
 */
final class MapDbIndex implements Index {
    private static final Logger log = LoggerFactory.getLogger(MapDbIndex.class);
    private static final int SLICE_SHIFT = 22;
    private static final long AHEAD_BYTES = 8L << SLICE_SHIFT;

    private final Volume volume;
    private final DB db;
    private final StoreDirect store;
    private final Map<Integer, BTreeMap<byte[], byte[]>> partitions = new HashMap<>();
    private final AtomicBoolean growing = new AtomicBoolean();

    private MapDbIndex(String path, boolean exists) {
        volume = MappedFileVol.FACTORY.makeVolume(path, false, 0, SLICE_SHIFT, 0, false);
        db = DBMaker.volumeDB(volume, exists).concurrencyDisable().make();
        store = (StoreDirect) db.getStore();
    }

    private DB.TreeMapMaker<byte[], byte[]> maker(int partition) {
        return db.treeMap("p" + partition, Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY);
    }

    private BTreeMap<byte[], byte[]> of(int partition) {
        return partitions.computeIfAbsent(partition, absent -> maker(partition).create());
    }

    @Override
    public @Nullable IndexEntry get(int partition, Key key) {
        return guarded(() -> entry(of(partition).get(key.bytes())));
    }

    @Override
    public @Nullable IndexEntry put(int partition, Key key, IndexEntry entry) {
        return guarded(() -> entry(of(partition).put(key.bytes(), entry.encode())));
    }

    /** A damaged tree also shows as an assertion, an endless descent, or a fault of the mapped memory: all mean the same. */
    private static <T extends @Nullable Object> T guarded(Supplier<T> access) {
        try {
            return access.get();
        } catch (AssertionError | StackOverflowError | InternalError broken) {
            throw new IllegalStateException("the index file is damaged or its disk full", broken);
        }
    }

    private static @Nullable IndexEntry entry(byte @Nullable [] value) {
        return value == null ? null : IndexEntry.decode(value);
    }

    @Override
    public List<RecordStore.Row> page(int partition, Optional<Key> after, int limit) {
        return guarded(() -> readPage(partition, after, limit));
    }

    private List<RecordStore.Row> readPage(int partition, Optional<Key> after, int limit) {
        byte[] low = after.map(Key::bytes).orElse(null);
        Iterator<Map.Entry<byte[], byte[]>> rest = of(partition).entryIterator(low, false, null, false);
        List<RecordStore.Row> rows = new ArrayList<>();
        while (rows.size() < limit && rest.hasNext()) {
            Map.Entry<byte[], byte[]> each = rest.next();
            IndexEntry entry = IndexEntry.decode(each.getValue());
            rows.add(new RecordStore.Row(Key.of(each.getKey()), entry.meta(), entry.at(), entry.lsn()));
        }
        return rows;
    }

    @Override
    public void remove(int partition, Key key) {
        guarded(() -> of(partition).remove(key.bytes()));
    }

    @Override
    public Load load(int partition) {
        DB.TreeMapSink<byte[], byte[]> sink = maker(partition).createFromSink();
        return new Load() {
            @Override
            public void put(Key key, IndexEntry entry) {
                sink.put(key.bytes(), entry.encode());
            }

            @Override
            public void finish() {
                partitions.put(partition, sink.create());
            }
        };
    }

    @Override
    public void growAhead(Executor background) {
        long wanted = store.getTotalSize() + AHEAD_BYTES;
        if (volume.length() < wanted && growing.compareAndSet(false, true)) {
            background.execute(() -> {
                try {
                    volume.ensureAvailable(wanted + AHEAD_BYTES);
                } catch (RuntimeException missed) {
                    // Closed meanwhile, or no space: then the loop's own growth meets it, where it is answered.
                    log.debug("Index was not extended ahead of need: {}", missed.toString());
                } finally {
                    growing.set(false);
                }
            });
        }
    }

    @Override
    public void close() {
        db.commit();
        db.close();
    }

    /** Makes them. */
    static final class Factory implements IndexFactory {
        private final FileDisk disk;
        private final CachedIndex.Bounds onHeap;

        Factory(FileDisk disk, CachedIndex.Bounds onHeap) {
            this.disk = disk;
            this.onHeap = onHeap;
        }

        @Override
        public boolean outlivesTheProcess() {
            return true;
        }

        @Override
        public Index create(String file) {
            return new CachedIndex(new MapDbIndex(disk.path(file).toString(), false), onHeap);
        }

        @Override
        public Index open(String file, Set<Integer> partitions) {
            MapDbIndex index = new MapDbIndex(disk.path(file).toString(), true);
            for (int partition : partitions) {
                index.partitions.put(partition, index.maker(partition).open());
            }
            return new CachedIndex(index, onHeap);
        }
    }
}
