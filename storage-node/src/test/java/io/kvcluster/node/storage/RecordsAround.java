package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import java.util.Optional;
import java.util.function.Consumer;

/** A store seen through something: all goes through unchanged but what is overridden. */
public class RecordsAround implements RecordStore {
    private final RecordStore records;

    public RecordsAround(RecordStore records) {
        this.records = records;
    }

    @Override
    public Lookup lookup(int partition, Key key) {
        return records.lookup(partition, key);
    }

    @Override
    public void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        records.read(partition, key, at, done);
    }

    @Override
    public void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
        records.append(partition, key, meta, record, hlc, done);
    }

    @Override
    public void forgetsStamps() {
        records.forgetsStamps();
    }

    @Override
    public void dropPartition(int partition, Consumer<AppendResult> done) {
        records.dropPartition(partition, done);
    }

    @Override
    public boolean forget(int partition, Key key, Location at) {
        return records.forget(partition, key, at);
    }

    @Override
    public long repairedUpTo(int partition) {
        return records.repairedUpTo(partition);
    }

    @Override
    public void raiseRepairedUpTo(int partition, long hlc, Loop caller, Runnable durable) {
        records.raiseRepairedUpTo(partition, hlc, caller, durable);
    }

    @Override
    public long copyBegun(int partition) {
        return records.copyBegun(partition);
    }

    @Override
    public void beginCopy(int partition, long move, Loop caller, Runnable durable) {
        records.beginCopy(partition, move, caller, durable);
    }

    @Override
    public Scan scan(int partition, Optional<Key> after, int limit) {
        return records.scan(partition, after, limit);
    }

    @Override
    public long keys(int partition) {
        return records.keys(partition);
    }

    @Override
    public boolean suspect(int partition) {
        return records.suspect(partition);
    }

    @Override
    public void distrust(int partition, Loop caller, Runnable durable) {
        records.distrust(partition, caller, durable);
    }

    @Override
    public void clearSuspicion(int partition, Loop caller, Runnable durable) {
        records.clearSuspicion(partition, caller, durable);
    }

    @Override
    public void reserveHlc(long upTo, Loop caller, Runnable durable) {
        records.reserveHlc(upTo, caller, durable);
    }

    @Override
    public long hlcFloor() {
        return records.hlcFloor();
    }
}
