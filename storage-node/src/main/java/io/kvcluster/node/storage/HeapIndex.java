package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An index of sorted maps. */
final class HeapIndex implements Index {
    private final Map<Integer, TreeMap<Key, IndexEntry>> partitions = new HashMap<>();

    private TreeMap<Key, IndexEntry> of(int partition) {
        return partitions.computeIfAbsent(partition, absent -> new TreeMap<>());
    }

    @Override
    public @Nullable IndexEntry get(int partition, Key key) {
        return of(partition).get(key);
    }

    @Override
    public @Nullable IndexEntry put(int partition, Key key, IndexEntry entry) {
        return of(partition).put(key, entry);
    }

    @Override
    public List<RecordStore.Row> page(int partition, Optional<Key> after, int limit) {
        NavigableMap<Key, IndexEntry> rest = after.<NavigableMap<Key, IndexEntry>>map(
                        key -> of(partition).tailMap(key, false))
                .orElse(of(partition));
        List<RecordStore.Row> rows = new ArrayList<>();
        for (Map.Entry<Key, IndexEntry> each : rest.entrySet()) {
            if (rows.size() == limit) {
                break;
            }
            IndexEntry entry = each.getValue();
            rows.add(new RecordStore.Row(each.getKey(), entry.meta(), entry.at(), entry.lsn()));
        }
        return rows;
    }

    @Override
    public void remove(int partition, Key key) {
        of(partition).remove(key);
    }

    @Override
    public Load load(int partition) {
        TreeMap<Key, IndexEntry> loading = of(partition);
        return new Load() {
            @Override
            public void put(Key key, IndexEntry entry) {
                loading.put(key, entry);
            }

            @Override
            public void finish() {}
        };
    }

    @Override
    public void growAhead(Executor background) {}

    @Override
    public void close() {}

    /** Makes them. */
    static final class Factory implements IndexFactory {
        @Override
        public boolean outlivesTheProcess() {
            return false;
        }

        @Override
        public Index create(String file) {
            return new HeapIndex();
        }

        @Override
        public Index open(String file, Set<Integer> partitions) {
            throw new IllegalStateException("an index on the heap does not outlive its process");
        }
    }
}
