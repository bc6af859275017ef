package io.kvcluster.node.storage;

import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.LogPayload.KeyRecord;
import io.kvcluster.node.storage.RecordStore.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One slice of a segment that is compacted, on the loop that owns its partitions. A record is live when the index names exactly its
 * place: it is appended again, and when the copy is durable the index is switched, if it still names that place. What the index
 * does not know at all is given back: it may be a forgotten tombstone, or hidden by one.
 */
final class ShardRewrite {
    private final Shard shard;
    private final LogWriter log;
    private final Consumer<Result> done;
    private final List<CompactionItem> unknown = new ArrayList<>();
    private int onTheWay = 1;
    private long rewrittenBytes;
    private @Nullable String why;

    /** @param why the slice could not be finished, or empty */
    record Result(List<CompactionItem> unknown, long rewrittenBytes, Optional<String> why) {}

    ShardRewrite(Shard shard, LogWriter log, Consumer<Result> done) {
        this.shard = shard;
        this.log = log;
        this.done = done;
    }

    void run(List<CompactionItem> items) {
        for (CompactionItem item : items) {
            if (why == null) {
                look(item);
            }
        }
        ended();
    }

    private void look(CompactionItem item) {
        Shard.Known known = shard.known(item.partition(), item.record().key());
        switch (known) {
            case Shard.Known.Nobody(String reason) -> why = reason;
            case Shard.Known.Absent() -> unknown.add(item);
            case Shard.Known.Entry(IndexEntry entry) -> {
                if (entry.at().equals(item.at())) {
                    rewrite(item);
                } else if (entry.lsn() < item.lsn()) {
                    why = "the index holds an older record than the log, LSN " + entry.lsn() + " before " + item.lsn();
                }
            }
        }
    }

    private void rewrite(CompactionItem item) {
        onTheWay++;
        shard.begun();
        LogEntry.End end = new LogEntry.End() {
            @Override
            public void durable(Head head) {
                KeyRecord record = item.record();
                shard.switched(
                        item.partition(),
                        record.key(),
                        item.at(),
                        new IndexEntry(item.lsn(), head.at(), record.meta()));
                rewrittenBytes += LogFormat.pad(head.at().length());
                shard.ended();
                ended();
            }

            @Override
            public void refused(Refusal reason) {
                why = "the log refuses: " + reason;
                shard.ended();
                ended();
            }
        };
        log.append(item.again(shard.number(), end)).ifPresent(end::refused);
    }

    private void ended() {
        if (--onTheWay == 0) {
            done.accept(new Result(unknown, rewrittenBytes, Optional.ofNullable(why)));
        }
    }
}
