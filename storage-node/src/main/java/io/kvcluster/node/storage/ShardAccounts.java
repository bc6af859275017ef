package io.kvcluster.node.storage;

import io.kvcluster.node.storage.CleanMarker.PartitionMark;
import io.kvcluster.node.storage.CleanMarker.SegmentBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts keys by partition and live bytes by segment: what the index holds, kept beside it. One loop's. */
final class ShardAccounts {
    private final Map<Integer, Long> keys = new HashMap<>();
    private final Map<Integer, Long> liveBytes = new HashMap<>();

    void restore(List<PartitionMark> partitions, List<SegmentBytes> segments) {
        clear();
        partitions.forEach(mark -> keys.put(mark.partition(), mark.keys()));
        segments.forEach(mark -> liveBytes.put(mark.segment(), mark.bytes()));
    }

    void clear() {
        keys.clear();
        liveBytes.clear();
    }

    void replaced(int partition, @Nullable IndexEntry before, IndexEntry after) {
        live(after, 1);
        if (before == null) {
            keys.merge(partition, 1L, Long::sum);
        } else {
            live(before, -1);
        }
    }

    void removed(int partition, IndexEntry before) {
        live(before, -1);
        keys.merge(partition, -1L, Long::sum);
    }

    private void live(IndexEntry entry, int sign) {
        long bytes = (long) sign * LogFormat.pad(entry.at().length());
        liveBytes.merge(entry.at().segment(), bytes, (held, change) -> held + change == 0 ? null : held + change);
    }

    long keys(int partition) {
        return keys.getOrDefault(partition, 0L);
    }

    long keys() {
        return keys.values().stream().mapToLong(Long::longValue).sum();
    }

    Map<Integer, Long> liveBytes() {
        return Map.copyOf(liveBytes);
    }

    List<PartitionMark> partitionMarks(Iterable<Integer> partitions) {
        Map<Integer, PartitionMark> marks = new TreeMap<>();
        partitions.forEach(partition -> marks.put(partition, new PartitionMark(partition, keys(partition))));
        return List.copyOf(marks.values());
    }

    List<SegmentBytes> segmentMarks() {
        return new TreeMap<>(liveBytes)
                .entrySet().stream()
                        .map(each -> new SegmentBytes(each.getKey(), each.getValue()))
                        .toList();
    }
}
