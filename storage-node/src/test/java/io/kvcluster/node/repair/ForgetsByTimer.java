package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.Location;
import io.kvcluster.node.storage.RecordStore;
import java.util.Optional;
import java.util.function.Consumer;

/** A seeded fault: takes everything for repaired, so that tombstones go as soon as somebody looks. */
final class ForgetsByTimer implements RecordStore {
    private final RecordStore store;

    ForgetsByTimer(RecordStore store) {
        this.store = store;
    }

    @Override
    public long repairedUpTo(int partition) {
        return Long.MAX_VALUE;
    }

    @Override
    public Lookup lookup(int partition, Key key) {
        return store.lookup(partition, key);
    }

    @Override
    public void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        store.read(partition, key, at, done);
    }

    @Override
    public void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
        store.append(partition, key, meta, record, hlc, done);
    }

    @Override
    public void dropPartition(int partition, Consumer<AppendResult> done) {
        store.dropPartition(partition, done);
    }

    @Override
    public boolean forget(int partition, Key key, Location at) {
        return store.forget(partition, key, at);
    }

    @Override
    public void raiseRepairedUpTo(int partition, long hlc, Loop caller, Runnable durable) {
        store.raiseRepairedUpTo(partition, hlc, caller, durable);
    }

    @Override
    public Scan scan(int partition, Optional<Key> after, int limit) {
        return store.scan(partition, after, limit);
    }

    @Override
    public long keys(int partition) {
        return store.keys(partition);
    }

    @Override
    public boolean suspect(int partition) {
        return store.suspect(partition);
    }

    @Override
    public void distrust(int partition, Loop caller, Runnable durable) {
        // with the watermark of this fault every replica looks passed
        caller.post(() -> {});
    }

    @Override
    public void clearSuspicion(int partition, Loop caller, Runnable durable) {
        store.clearSuspicion(partition, caller, durable);
    }

    @Override
    public void reserveHlc(long upTo, Loop caller, Runnable durable) {
        store.reserveHlc(upTo, caller, durable);
    }

    @Override
    public long hlcFloor() {
        return store.hlcFloor();
    }
}
