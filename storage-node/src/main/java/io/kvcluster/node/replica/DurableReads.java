package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one partition's copy answers, from what is durable. Its replica judged the epoch, and waited for versions on their way. */
final class DurableReads {
    private static final Logger LOG = LoggerFactory.getLogger(DurableReads.class);

    private final PartitionReplica replica;
    private final int partition;
    private final RecordStore store;
    private final Stamps stamps;
    /** This copy was begun in this life of the process, and nobody was answered from it yet. */
    private boolean untold;

    DurableReads(PartitionReplica replica, RecordStore store, Stamps stamps) {
        this.replica = replica;
        this.partition = replica.partition();
        this.store = store;
        this.stamps = stamps;
    }

    /** A copy for a move begins. Its first answer is logged, so that the log alone shows that none came before its proof. */
    void copyBegins() {
        untold = true;
    }

    private boolean cannotSay() {
        if (store.suspect(partition)) {
            return true;
        }
        if (untold) {
            untold = false;
            LOG.info("Partition {}: first answer from the copy of epoch {}", partition, store.copyBegun(partition));
        }
        return false;
    }

    void question(Key key, Consumer<@Nullable Dot> answer, Consumer<Refusal> refused) {
        if (cannotSay()) {
            refused.accept(Refusal.CANNOT_SAY);
            return;
        }
        switch (store.lookup(partition, key)) {
            case Lookup.Found found ->
                answer.accept(RecordCodec.decodeMeta(found.meta()).greatest().orElse(null));
            case Lookup.Absent _ -> answer.accept(null);
            case Lookup.CannotSay _ -> refused.accept(Refusal.CANNOT_SAY);
        }
    }

    void read(Key key, int fullLimit, ReadListener listener) {
        if (cannotSay()) {
            listener.refused(Refusal.CANNOT_SAY);
        } else {
            found(key, fullLimit, false, listener);
        }
    }

    void readAnyway(Key key, ReadListener listener) {
        found(key, Integer.MAX_VALUE, true, listener);
    }

    private void found(Key key, int fullLimit, boolean anyway, ReadListener listener) {
        switch (store.lookup(partition, key)) {
            case Lookup.Absent _ -> listener.held(Held.NOTHING);
            case Lookup.CannotSay _ -> listener.refused(Refusal.CANNOT_SAY);
            case Lookup.Found found -> {
                RecordMeta meta = RecordCodec.decodeMeta(found.meta());
                if (found.at().length() > fullLimit) {
                    pastExpiry(meta, () -> listener.held(new Held(meta, null)));
                    return;
                }
                store.read(partition, key, found.at(), result -> {
                    switch (result) {
                        case RecordStore.ReadResult.Bytes bytes ->
                            pastExpiry(meta, () -> listener.held(new Held(meta, bytes.record())));
                        case RecordStore.ReadResult.Gone _ -> again(key, fullLimit, anyway, listener);
                        case RecordStore.ReadResult.Corrupt _ -> {
                            replica.corrupt(key);
                            listener.refused(Refusal.CANNOT_SAY);
                        }
                        case RecordStore.ReadResult.Overloaded _ -> listener.refused(Refusal.OVERLOADED);
                    }
                });
            }
        }
    }

    /** It was replaced, or moved by compaction, between the look at the index and the read. */
    private void again(Key key, int fullLimit, boolean anyway, ReadListener listener) {
        if (anyway) {
            readAnyway(key, listener);
        } else {
            read(key, fullLimit, listener);
        }
    }

    ListedKeys keys(Optional<Key> after, int limit) {
        if (cannotSay()) {
            return new ListedKeys.Refused(Refusal.CANNOT_SAY);
        }
        return switch (store.scan(partition, after, limit)) {
            case RecordStore.Scan.CannotSay _ -> new ListedKeys.Refused(Refusal.CANNOT_SAY);
            case RecordStore.Scan.Page page -> ListedKeys.of(page);
        };
    }

    /** Runs {@code then} when this store's HLC is, and stays, past each expiry in it that has been reached. */
    void pastExpiry(RecordMeta meta, Runnable then) {
        long expired = meta.expiredBy(Hlc.millis(stamps.now()));
        if (expired == 0) {
            then.run();
        } else {
            stamps.whenPast(Hlc.of(expired, 0), then);
        }
    }
}
