package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordStore.Row;
import io.kvcluster.node.storage.RecordStore.Scan;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import io.kvcluster.node.version.SiblingMeta;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What repair sees and does of one partition's copy, and the two stamps that it is bound by. On the partition's loop.
 *
 * <p><b>Promised</b>: this replica told another one in an exchange that everything it holds at or below this stamp is durable and
 * in its tree. From then on it stamps nothing there, and refuses clients' writes there, so that whatever it holds below a promise
 * it showed to everybody it exchanged with. After a restart the promise is the store's HLC floor, which no promise exceeds.
 *
 * <p><b>Repaired up to</b> (the watermark, durable): every replica exchanged with every other one up to here. What arrives late
 * at or below it and is not held was covered by something that may be collected by now: it is dropped as covered. Not in a
 * suspect partition: there it is what is being restored.
 */
public final class RepairSide {
    /** Keys whose damage waits for repair; a page of reads can find more, which are then found again. */
    static final int CORRUPT_KEYS = 1_024;

    private static final int ENTRY_OVERHEAD_BYTES = 40;
    /** A loop with so many tasks waiting wants a millisecond more of pause. */
    private static final int TASKS_PER_PAUSE_MILLI = 16;

    private static final int MAX_PAUSE_MILLIS = 1_000;

    /**
     * What it is joined to.
     *
     * @param leaves of the Merkle tree, the same in the whole cluster
     * @param actor who stamps here
     * @param loop the partition's
     */
    public record Ties(int leaves, Actor actor, Loop loop) {}

    /**
     * A key as it is listed for an exchange.
     *
     * @param greatest stamp that it names: of two that differ the greater is likely the newer
     * @param deletedLast the newest version is a tombstone or expires: whoever settles the siblings by time is left with nothing
     * @param bytes of the whole record
     */
    public record Entry(Key key, long digest, long greatest, boolean deletedLast, int bytes) {}

    /** Nodes of one level of the tree; not to be changed. */
    public record Nodes(int level, BitSet at) {}

    /** A page of keys. */
    public sealed interface Listing {
        /** @param upTo every key up to and including this one was looked at; empty: all to the end */
        record Page(List<Entry> entries, Optional<Key> upTo) implements Listing {
            public Page {
                entries = List.copyOf(entries);
            }
        }

        record CannotSay() implements Listing {}
    }

    private final PartitionReplica replica;
    private final RecordStore store;
    private final Stamps stamps;
    private final Ties ties;
    private final PartitionTree tree;
    private final LateWrites lateWrites;
    private final Set<Key> corrupt = new LinkedHashSet<>();
    /** Taken by a repair that has not ended. */
    private int beingRestored;

    private long promised;
    private int lives;
    private boolean emptied;

    RepairSide(PartitionReplica replica, RecordStore store, Stamps stamps, Ties ties) {
        this.replica = replica;
        this.store = store;
        this.stamps = stamps;
        this.ties = ties;
        this.tree = new PartitionTree(replica.partition(), store, ties.leaves());
        this.lateWrites = new LateWrites(this, replica);
        this.promised = store.hlcFloor();
    }

    // --- the tree

    /** Looks at up to {@code rows} keys more. True when the tree holds all; until then the partition cannot exchange. */
    public boolean growTree(int rows) {
        return tree.grow(rows);
    }

    /** It has begun, and the store could tell so far. */
    public boolean treeGrowing() {
        return tree.growing();
    }

    /** Keys that are held, tombstones included. */
    public long keys() {
        return store.keys(replica.partition());
    }

    public boolean treeReady() {
        return tree.ready();
    }

    /** Only when it is ready. */
    public MerkleTree tree() {
        return tree.tree();
    }

    /** The index was rebuilt, so that it may show again what was forgotten. */
    public void indexRebuilt() {
        tree.reset();
    }

    void replaced(Key key, @Nullable RecordMeta before, @Nullable RecordMeta after) {
        tree.replaced(key, before, after);
    }

    /**
     * The keys below some nodes of one level of the tree, in key order.
     *
     * @param rows to look at, at most
     * @param bytes that the entries may take on the wire, about
     * @param collectedUpTo tombstones that this stamp covers whole are left out
     */
    public Listing list(Optional<Key> after, Nodes nodes, int rows, int bytes, long collectedUpTo) {
        return switch (store.scan(replica.partition(), after, rows)) {
            case Scan.CannotSay _ -> new Listing.CannotSay();
            case Scan.Page page -> {
                List<Entry> entries = new ArrayList<>();
                int taken = 0;
                Optional<Key> upTo = Optional.empty();
                Iterator<Row> each = page.rows().iterator();
                while (each.hasNext() && taken < bytes) {
                    Row row = each.next();
                    upTo = Optional.of(row.key());
                    if (nodes.at().get(tree.tree().nodeOf(row.key().bytes(), nodes.level()))) {
                        RecordMeta meta = RecordCodec.decodeMeta(row.meta());
                        if (!Collectable.at(meta, collectedUpTo)) {
                            entries.add(entry(row, meta));
                            taken += row.key().bytes().length + ENTRY_OVERHEAD_BYTES;
                        }
                    }
                }
                yield new Listing.Page(entries, page.last() && !each.hasNext() ? Optional.empty() : upTo);
            }
        };
    }

    private static Entry entry(Row row, RecordMeta meta) {
        return new Entry(
                row.key(),
                meta.digest(),
                meta.greatestHlc(),
                Collectable.newest(meta),
                row.at().length());
    }

    /** The digest of what is durably held, from the index; 0 for nothing. */
    public long digest(Key key) {
        RecordMeta meta = meta(key);
        return meta == null ? 0 : meta.digest();
    }

    private @Nullable RecordMeta meta(Key key) {
        return store.lookup(replica.partition(), key) instanceof RecordStore.Lookup.Found found
                ? RecordCodec.decodeMeta(found.meta())
                : null;
    }

    /** Null: the sender's ring will do. */
    public @Nullable Refusal judge(long epoch) {
        return replica.judge(epoch);
    }

    public int partition() {
        return replica.partition();
    }

    public Loop loop() {
        return ties.loop();
    }

    // --- records

    /** What is durably held, also when the partition is suspect. */
    public void read(Key key, long epoch, ReadListener listener) {
        Refusal refusal = judge(epoch);
        if (refusal == null) {
            replica.readAnyway(key, listener);
        } else {
            listener.refused(refusal);
        }
    }

    /** What this side wants between two questions of repair traffic: clients' work comes first. */
    public int pauseMillis() {
        return Math.min(MAX_PAUSE_MILLIS, ties.loop().depth() / TASKS_PER_PAUSE_MILLI);
    }

    /** Merges what another replica holds. */
    public void merge(Key key, KeyRecord incoming, byte[] encoded, long epoch, WriteListener listener) {
        replica.merge(key, incoming, encoded, epoch, listener);
    }

    /**
     * Puts back a record whose bytes went bad.
     *
     * @param found what other replicas hold, {@linkplain #join merged}
     * @param lostUpTo what is not found at or below this stamp is held by nobody, and is given up; 0 while that is not known
     */
    public void restore(Key key, KeyRecord found, long lostUpTo, long epoch, RestoreListener listener) {
        replica.restore(key, found, lostUpTo, epoch, listener);
    }

    /** As {@link #restore}, in a copy that this store is to give up, whatever the ring says. */
    public void restoreLeft(Key key, KeyRecord found, long lostUpTo, RestoreListener listener) {
        replica.restoreLeft(key, found, lostUpTo, listener);
    }

    /** What two replicas hold together. */
    public KeyRecord join(KeyRecord one, KeyRecord other) {
        return replica.join(one, other);
    }

    /** In a suspect partition: a replica that covers the key's versions with its watermark holds none of them, so they were deleted. */
    public void bury(Key key, long digest, long epoch, WriteListener listener) {
        replica.bury(key, digest, epoch, listener);
    }

    /** A key whose bytes on the disk were found to be bad, once; {@link #restored} or {@link #again} follows. Null for none. */
    public @Nullable Key takeCorrupt() {
        Iterator<Key> first = corrupt.iterator();
        if (!first.hasNext()) {
            return null;
        }
        Key key = first.next();
        first.remove();
        beingRestored++;
        return key;
    }

    /** One that was taken is written again. */
    public void restored() {
        beingRestored--;
    }

    /** One that was taken could not be written again now. */
    public void again(Key key) {
        beingRestored--;
        corrupt(key);
    }

    /** The bytes of a key are known to be bad. */
    public void corrupt(Key key) {
        if (roomForCorrupt(1)) {
            corrupt.add(key);
        }
    }

    /** It waits to be written again. */
    public boolean isCorrupt(Key key) {
        return corrupt.contains(key);
    }

    /** So many more would be remembered. */
    public boolean roomForCorrupt(int keys) {
        return corruptKeys() + keys <= CORRUPT_KEYS;
    }

    /** Known to be bad, and not yet written again. */
    public int corruptKeys() {
        return corrupt.size() + beingRestored;
    }

    // --- suspicion

    public boolean suspect() {
        return store.suspect(replica.partition());
    }

    public void clearSuspicion(Runnable durable) {
        store.clearSuspicion(replica.partition(), ties.loop(), () -> {
            emptied = false;
            durable.run();
        });
    }

    /** Makes the partition suspect, then forgets all that it holds. */
    public void empty(Runnable done) {
        int partition = replica.partition();
        store.distrust(partition, ties.loop(), () -> {
            newLife();
            emptied = true;
            replica.forgetOwed();
            store.dropPartition(partition, result -> {
                tree.reset();
                done.run();
            });
        });
    }

    /** The move for which this store last began to copy the partition; 0 for none. */
    public long copyBegun() {
        return store.copyBegun(replica.partition());
    }

    /**
     * Begins to copy the partition: it is suspect, then empty, then known to be a copy for the move, each durably before the next.
     * Until the last nothing is taken.
     *
     * @param done hears whether that is so; if not, it is to be tried again
     */
    public void beginCopy(long move, Consumer<Boolean> done) {
        int partition = replica.partition();
        replica.copyBegins();
        store.distrust(
                partition,
                ties.loop(),
                () -> drop(dropped -> {
                    if (dropped) {
                        emptied = true;
                        store.beginCopy(partition, move, ties.loop(), () -> done.accept(true));
                    } else {
                        done.accept(false);
                    }
                }));
    }

    /** Forgets what a store holds of a partition that it left. @param done as for {@link #beginCopy} */
    public void dropLeft(Consumer<Boolean> done) {
        drop(dropped -> {
            if (dropped && suspect()) {
                clearSuspicion(() -> done.accept(true));
            } else {
                done.accept(dropped);
            }
        });
    }

    private void drop(Consumer<Boolean> done) {
        newLife();
        corrupt.clear();
        replica.forgetOwed();
        store.dropPartition(replica.partition(), result -> {
            tree.reset();
            done.accept(result instanceof RecordStore.AppendResult.Durable);
        });
    }

    /** What a store that left the partition still holds, whatever the ring says. */
    public void readLeft(Key key, ReadListener listener) {
        replica.readAnyway(key, listener);
    }

    /** As {@link #list(Optional, Nodes, int, int, long)} of all keys, also without a tree. */
    public Listing listLeft(Optional<Key> after, int rows) {
        return switch (store.scan(replica.partition(), after, rows)) {
            case Scan.CannotSay _ -> new Listing.CannotSay();
            case Scan.Page page -> {
                List<Entry> entries = new ArrayList<>();
                for (Row row : page.rows()) {
                    RecordMeta meta = RecordCodec.decodeMeta(row.meta());
                    entries.add(entry(row, meta));
                }
                yield new Listing.Page(
                        entries,
                        page.last() || page.rows().isEmpty()
                                ? Optional.empty()
                                : Optional.of(page.rows().getLast().key()));
            }
        };
    }

    /** Emptied in this life, and not copied whole since. */
    boolean isEmptied() {
        return emptied;
    }

    /** Names what this replica holds: another number after a restart, and after it lost or dropped records. */
    public long life() {
        return (long) ties.actor().incarnation() << Integer.SIZE | lives;
    }

    /** It lost or dropped records: what it promised in exchanges under way does not hold. */
    public void newLife() {
        lives++;
    }

    // --- promises and the watermark

    /**
     * Promises everything up to {@code wanted}, or up to the oldest stamp that is not durable yet. Never goes back.
     *
     * @param then hears the promise, once no restart can take it back
     */
    public void promise(long wanted, LongConsumer then) {
        long upTo = Math.min(wanted, replica.oldestPending() - 1);
        if (upTo <= promised) {
            // what came since is either above the older promise or was merged from a replica that shows it itself
            long before = Math.min(promised, Math.max(upTo, 0));
            then.accept(before);
            return;
        }
        promised = upTo;
        stamps.whenPast(upTo, () -> then.accept(upTo));
    }

    public long promised() {
        return promised;
    }

    public long repairedUpTo() {
        return store.repairedUpTo(replica.partition());
    }

    /** The caller knows that every pair of replicas exchanged up to it. */
    public void raiseRepairedUpTo(long hlc, Runnable durable) {
        store.raiseRepairedUpTo(replica.partition(), hlc, ties.loop(), durable);
    }

    /** The time of this node's HLC. */
    public long now() {
        return stamps.now();
    }

    /** What the two stamps mean for changes that come late. */
    LateWrites lateWrites() {
        return lateWrites;
    }

    /** The smallest stamp of a sibling that {@code before} does not have. */
    static long oldestNew(@Nullable RecordMeta before, RecordMeta after) {
        long oldest = Long.MAX_VALUE;
        for (SiblingMeta sibling : after.siblings()) {
            if (before == null || !before.siblings().contains(sibling)) {
                oldest = Math.min(oldest, sibling.dot().hlc());
            }
        }
        return oldest;
    }

    // --- collection

    /** Keys that a collection may find: tombstones, and versions that expire. */
    public long tombstones() {
        return tree.tombstones();
    }

    /**
     * Forgets tombstones that the watermark covers, among up to {@code rows} keys.
     *
     * @param upTo where to go on; empty at the end
     */
    public record Collected(int keys, Optional<Key> upTo) {}

    public Collected collect(Optional<Key> after, int rows) {
        long watermark = repairedUpTo();
        int collected = 0;
        if (!(store.scan(replica.partition(), after, rows) instanceof Scan.Page page) || suspect()) {
            return new Collected(0, Optional.empty());
        }
        for (Row row : page.rows()) {
            RecordMeta meta = RecordCodec.decodeMeta(row.meta());
            if (Collectable.at(meta, watermark)
                    && !replica.isPending(row.key())
                    && store.forget(replica.partition(), row.key(), row.at())) {
                tree.replaced(row.key(), meta, null);
                collected++;
            }
        }
        return new Collected(
                collected,
                page.last()
                        ? Optional.empty()
                        : Optional.of(page.rows().getLast().key()));
    }
}
