package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import io.kvcluster.node.storage.RecordStore.Row;
import io.kvcluster.node.storage.RecordStore.Scan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One slice of a scrub: a page of the index, read in the order of the log. Its shard's loop only. */
final class ShardScrub {
    private final Shard shard;
    private final Shard.Ties ties;
    private final int partition;
    private final Consumer<Scrub.Result> done;
    private final List<Row> whole = new ArrayList<>();
    private final List<Key> corrupt = new ArrayList<>();
    private Optional<Key> next = Optional.empty();

    ShardScrub(Shard shard, Shard.Ties ties, int partition, Consumer<Scrub.Result> done) {
        this.shard = shard;
        this.ties = ties;
        this.partition = partition;
        this.done = done;
    }

    private record Read(Row row, ReadResult result) {}

    void run(Optional<Key> after, int limit) {
        switch (shard.scan(partition, after, limit)) {
            case Scan.CannotSay(String why) -> done.accept(new Scrub.Result.CannotSay(why));
            case Scan.Page(List<Row> rows, boolean last) -> {
                List<Row> slice = new ArrayList<>();
                int bytes = 0;
                for (Row row : rows) {
                    if (bytes >= Scrub.SLICE_BYTES) {
                        break;
                    }
                    slice.add(row);
                    bytes += row.at().length();
                }
                boolean through = last && slice.size() == rows.size();
                next = through ? Optional.empty() : Optional.of(slice.getLast().key());
                read(slice);
            }
        }
    }

    private void read(List<Row> rows) {
        if (rows.isEmpty()) {
            done.accept(new Scrub.Slice(whole, corrupt, next));
            return;
        }
        List<Row> inLogOrder = new ArrayList<>(rows);
        inLogOrder.sort(Comparator.<Row>comparingInt(row -> row.at().segment())
                .thenComparingInt(row -> row.at().offset()));
        boolean accepted = ties.readers().offer(() -> {
            List<Read> reads = new ArrayList<>();
            for (Row row : inLogOrder) {
                Optional<SegmentFile> segment = ties.segment().apply(row.at().segment());
                reads.add(new Read(row, ties.reader().verify(segment, partition, row)));
            }
            shard.loop().post(() -> judge(reads));
        });
        if (!accepted) {
            done.accept(new Scrub.Result.CannotSay("too many reads wait for the disk"));
        }
    }

    private void judge(List<Read> reads) {
        List<Row> moved = new ArrayList<>();
        for (Read read : reads) {
            Row row = read.row;
            switch (read.result) {
                case ReadResult.Bytes(byte[] record) -> whole.add(row);
                case ReadResult.Corrupt(String why) -> {
                    if (shard.corrupt(partition, row.key(), row.at())) {
                        corrupt.add(row.key());
                    }
                }
                case ReadResult.Gone(), ReadResult.Overloaded() -> {
                    if (shard.known(partition, row.key()) instanceof Shard.Known.Entry(IndexEntry now)) {
                        moved.add(new Row(row.key(), now.meta(), now.at(), now.lsn()));
                    }
                }
            }
        }
        read(moved);
    }
}
