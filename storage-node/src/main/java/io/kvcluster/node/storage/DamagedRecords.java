package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the records that lie where a segment cannot be read: its hint file knows the keys, the indexes know which of them are
 * live there. Each is told to the listener, so that it is repaired from peers; a repaired record lies elsewhere, and the segment can go.
 */
final class DamagedRecords {
    private static final Logger log = LoggerFactory.getLogger(DamagedRecords.class);
    private static final int AT_A_TIME = 1_000;

    private final Worker worker;
    private final SegmentContents contents;
    private final Shard[] shards;

    DamagedRecords(Worker worker, SegmentContents contents, Shard[] shards) {
        this.worker = worker;
        this.contents = contents;
        this.shards = shards;
    }

    private record Damaged(int partition, Key key, Location at) {}

    /** @param invalid from and to of bytes that were written and cannot be read. Any thread; a worker that is busy finds them the next time */
    void find(Sealed segment, List<int[]> invalid) {
        if (!invalid.isEmpty() && !worker.offer(() -> findNow(segment, invalid))) {
            log.debug("Damaged records of segment {} are looked for later", segment.number());
        }
    }

    private void findNow(Sealed segment, List<int[]> invalid) {
        List<Damaged> found = new ArrayList<>();
        try {
            contents.visit(segment, new LogVisitor() {
                @Override
                public void record(int partition, long lsn, Location at, Key key, byte[] meta) {
                    boolean damaged = invalid.stream()
                            .anyMatch(range -> at.offset() < range[1] && at.offset() + at.length() > range[0]);
                    if (damaged && found.size() < AT_A_TIME) {
                        found.add(new Damaged(partition, key, at));
                    }
                }

                @Override
                public void dropped(int partition, long lsn) {}
            });
        } catch (IOException failed) {
            log.warn("Damaged records of segment {} cannot be named", segment.number(), failed);
            return;
        }
        for (Damaged each : found) {
            Shard shard = shards[each.partition % shards.length];
            shard.loop().post(() -> shard.corrupt(each.partition, each.key, each.at));
        }
    }
}
