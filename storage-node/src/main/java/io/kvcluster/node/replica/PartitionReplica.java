package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.Change.Decision;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The copy of one partition that this store holds. All calls come on the partition's loop, all listeners are called there.
 *
 * <p>A key with a version on its way to the disk is <em>pending</em>: changes merge with the newest pending version, which is
 * in memory; questions and reads wait until the version that was newest when they came is durable. A change that needs
 * values from the disk (siblings that survive) makes the key <em>loading</em>: what comes meanwhile queues behind it.
 */
public final class PartitionReplica {
    /** Only what is in the log's queue when the disk becomes full can be owed; more means that space comes and goes. */
    static final int MAX_OWED = 1_024;

    private final int partition;
    private final RecordStore store;
    private final EpochGate gate;
    private final Merging merging;
    private final Stamps stamps;
    private final ReplicaEvents events;
    private final RepairSide repair;
    private final DurableReads reads;
    private final boolean showsDurableOnly;
    private final Map<Key, Pending> pending = new HashMap<>();
    /**
     * Keys with a version that was stamped here and sent, and that this disk then refused. Others may hold it, so the contexts of
     * later stamps, which cover it, must come with it (the rule: a context never covers a dot that its holder has not seen on the
     * key). Not shown to anybody; every later change of the key is made on top of it, and the first that is durable ends it. A new
     * life of the process has a new actor, whose contexts do not cover it.
     */
    private final Map<Key, Owed> owed = new HashMap<>();

    private final Forgotten forgotten;

    /**
     * @param ties what its repair is joined to
     * @param showsDurableOnly false in tests that see whether that is missed
     */
    public PartitionReplica(
            int partition,
            RecordStore store,
            EpochGate gate,
            Merging merging,
            Stamps stamps,
            ReplicaEvents events,
            RepairSide.Ties ties,
            boolean showsDurableOnly) {
        this.showsDurableOnly = showsDurableOnly;
        this.partition = partition;
        this.store = store;
        this.gate = gate;
        this.merging = merging;
        this.stamps = stamps;
        this.events = events;
        this.repair = new RepairSide(this, store, stamps, ties);
        this.forgotten = new Forgotten(ties.actor());
        this.reads = new DurableReads(this, store, stamps);
    }

    /** What repair may see and do here. */
    public RepairSide repair() {
        return repair;
    }

    int partition() {
        return partition;
    }

    /**
     * Null: the sender's ring will do, and this store holds the partition. A store that joins it and still has an older copy of it
     * says nothing: what it took now would go with that.
     */
    @Nullable Refusal judge(long epoch) {
        Refusal refusal = gate.judge(partition, epoch);
        if (refusal != null) {
            return refusal;
        }
        long move = gate.joins(partition);
        return move != 0 && store.copyBegun(partition) != move ? Refusal.CANNOT_SAY : null;
    }

    /** The greatest dot held, from the index alone; null when the key is unknown. */
    public void question(Key key, long epoch, Consumer<@Nullable Dot> answer, Consumer<Refusal> refused) {
        Refusal refusal = judge(epoch);
        if (refusal == null) {
            afterPending(key, () -> reads.question(key, answer, refused));
        } else {
            refused.accept(refusal);
        }
    }

    /**
     * What is durably held. When some of it has expired, this store's HLC stays past that before the answer is given.
     *
     * @param fullLimit answer with the record itself when it is at most this many bytes, else with its metadata only
     */
    public void read(Key key, long epoch, int fullLimit, ReadListener listener) {
        Refusal refusal = judge(epoch);
        if (refusal == null) {
            afterPending(key, () -> reads.read(key, fullLimit, listener));
        } else {
            listener.refused(refusal);
        }
    }

    /** For repair: also what a suspect partition has, whatever its size. */
    void readAnyway(Key key, ReadListener listener) {
        afterPending(key, () -> reads.readAnyway(key, listener));
    }

    /** A page of the keys that are durably held, in their order, whatever their records say. */
    public ListedKeys keys(Optional<Key> after, int limit, long epoch) {
        Refusal refusal = judge(epoch);
        return refusal == null ? reads.keys(after, limit) : new ListedKeys.Refused(refusal);
    }

    void copyBegins() {
        reads.copyBegins();
    }

    void corrupt(Key key) {
        events.checksumFailed();
        repair.corrupt(key);
    }

    /** Merges a client's write that its coordinator sent. */
    public void write(Key key, KeyRecord incoming, byte[] encoded, long epoch, WriteListener listener) {
        Refusal refusal = judge(epoch);
        if (refusal == null) {
            Change change = repair.lateWrites().ofClient(incoming, merging.ofIncoming(incoming, encoded));
            change(key, change, new RejudgedWrite(epoch, listener, null));
        } else {
            listener.refused(refusal);
        }
    }

    /** Merges what another replica durably holds or held: a hint, an exchange, a read's write-back. */
    void merge(Key key, KeyRecord incoming, byte[] encoded, long epoch, WriteListener listener) {
        Refusal refusal = judge(epoch);
        if (refusal == null) {
            change(
                    key,
                    repair.lateWrites()
                            .ofRepair(
                                    incoming,
                                    rest -> merging.ofIncoming(
                                            rest,
                                            rest.siblings().size()
                                                            == incoming.siblings()
                                                                    .size()
                                                    ? encoded
                                                    : RecordCodec.encode(rest))),
                    new RejudgedWrite(epoch, listener, null));
        } else {
            listener.refused(refusal);
        }
    }

    /**
     * As {@link #write}, for what a read is about to answer: acknowledged only when this store's HLC is, and stays, past each
     * expiry that it has reached, so that no later read sees alive what this one says is gone.
     */
    public void writeBack(Key key, KeyRecord incoming, byte[] encoded, long epoch, WriteListener listener) {
        merge(key, incoming, encoded, epoch, new WriteListener() {
            @Override
            public void durable() {
                reads.pastExpiry(incoming.meta(), listener::durable);
            }

            @Override
            public void refused(Refusal why) {
                listener.refused(why);
            }
        });
    }

    /** Stamps a client's write here, merges it with what is held, and appends the result. */
    public void stamp(Key key, ClientWrite write, long epoch, StampListener listener) {
        Refusal refusal = judge(epoch);
        if (refusal != null) {
            listener.refused(refusal);
            return;
        }
        if (repair.isEmptied() || (forgotten.has(key) && merging.keepsWhatIsUnseen())) {
            // its actor gave stamps here that it no longer holds, and contexts of later ones would cover them
            listener.refused(Refusal.CANNOT_SAY);
            return;
        }
        if (owed.size() >= MAX_OWED && !owed.containsKey(key)) {
            listener.refused(Refusal.DISK_FULL);
            return;
        }
        stamps.whenReady(
                write.found().greatestHlc(),
                () -> change(key, merging.ofClient(write), new RejudgedWrite(epoch, listener, listener)));
    }

    private void change(Key key, Change change, RejudgedWrite write) {
        Pending before = pending.get(key);
        if (before != null && before.loading) {
            before.blocked.add(() -> change(key, change, write));
            return;
        }
        if (before != null) {
            KeyRecord newest = before.newest;
            RecordMeta meta = newest.meta();
            decided(key, before, meta, change.decide(meta, newest), change, write, null);
            return;
        }
        Owed mine = owed.get(key);
        switch (store.lookup(partition, key)) {
            case Lookup.Absent _ ->
                decided(
                        key,
                        null,
                        null,
                        mine == null ? change.decide(null, null) : onTopOf(mine, change),
                        change,
                        write,
                        null);
            case Lookup.Found found -> {
                RecordMeta meta = RecordCodec.decodeMeta(found.meta());
                Decision decision = mine == null ? change.decide(meta, null) : onTopOf(mine, change);
                decided(key, null, meta, decision, change, write, found);
            }
            case Lookup.CannotSay _ -> write.refused(Refusal.CANNOT_SAY);
        }
    }

    /** What is owed is not durable here, so being covered by it is no reason to acknowledge: it is appended once more. */
    private static Decision onTopOf(Owed owed, Change change) {
        KeyRecord record = owed.record();
        Decision decision = change.decide(record.meta(), record);
        return decision instanceof Decision.Covered
                ? new Decision.Append(record, RecordCodec.encode(record))
                : decision;
    }

    private void decided(
            Key key,
            @Nullable Pending before,
            @Nullable RecordMeta current,
            Decision decision,
            Change change,
            RejudgedWrite write,
            Lookup.@Nullable Found found) {
        switch (decision) {
            case Decision.Append append -> append(key, before, current, append, write);
            case Decision.Refuse refuse -> write.refused(refuse.why());
            case Decision.AwaitStamp await -> stamps.whenReady(await.floor(), () -> change(key, change, write));
            case Decision.Covered _ -> {
                if (before == null) {
                    write.durable();
                } else {
                    before.last.followers.add(write);
                }
            }
            case Decision.NeedsValues _ -> {
                if (found == null) {
                    throw new IllegalStateException("values asked for that are already there: " + key);
                }
                load(key, found, change, write);
            }
        }
    }

    private void append(
            Key key,
            @Nullable Pending before,
            @Nullable RecordMeta current,
            Decision.Append append,
            RejudgedWrite write) {
        Pending state = before == null ? new Pending(current) : before;
        RecordMeta meta = append.record().meta();
        Ticket ticket = new Ticket(write, meta, RepairSide.oldestNew(current, meta));
        KeyRecord previousNewest = state.newest;
        Ticket previousLast = state.last;
        state.newest = append.record();
        state.last = ticket;
        ticket.stamped = write.stamp != null;
        pending.put(key, state);
        // a refusal at once (queue full) must leave the key as it was: nothing of this change is on its way
        ticket.entering = true;
        store.append(partition, key, RecordCodec.encode(meta), append.encoded(), meta.greatestHlc(), result -> {
            switch (result) {
                case RecordStore.AppendResult.Durable _ -> {
                    if (ticket.entering) {
                        ticket.durableAtOnce = true;
                    } else {
                        settled(key, state, ticket, null);
                    }
                }
                case RecordStore.AppendResult.Refused refused -> {
                    if (ticket.entering) {
                        state.newest = previousNewest;
                        state.last = previousLast;
                        ticket.refusedAtOnce = toRefusal(refused.why());
                    } else {
                        settled(key, state, ticket, toRefusal(refused.why()));
                    }
                }
            }
        });
        ticket.entering = false;
        if (ticket.refusedAtOnce != null) {
            if (before == null) {
                pending.remove(key);
            }
            write.refused(ticket.refusedAtOnce);
            return;
        }
        state.onTheWay.add(ticket);
        write.stamped(append.record(), append.encoded());
        if (ticket.durableAtOnce) {
            settled(key, state, ticket, null);
        }
    }

    /** The ticket's version is durable, or never will be by itself; later ones of the key may still be pending. */
    private void settled(Key key, Pending state, Ticket ticket, @Nullable Refusal refusal) {
        state.onTheWay.remove(ticket);
        state.owing |= refusal != null && ticket.stamped;
        if (state.last == ticket) {
            pending.remove(key);
            if (refusal == null) {
                owed.remove(key);
            } else if (state.owing || owed.containsKey(key)) {
                owed.put(key, new Owed(state.newest, RepairSide.oldestNew(state.durable, state.newest.meta())));
            }
        }
        if (refusal == null) {
            repair.replaced(key, state.durable, ticket.meta);
            forgotten.seen(key, ticket.meta.context());
            state.durable = ticket.meta;
        }
        for (WriteListener follower : ticket.followers) {
            if (refusal == null) {
                follower.durable();
            } else {
                follower.refused(refusal);
            }
        }
        ticket.waiters.forEach(Runnable::run);
    }

    private void load(Key key, Lookup.Found found, Change change, RejudgedWrite write) {
        Pending state = new Pending(null);
        state.loading = true;
        pending.put(key, state);
        store.read(partition, key, found.at(), result -> {
            pending.remove(key);
            switch (result) {
                case RecordStore.ReadResult.Bytes bytes -> {
                    KeyRecord full = RecordCodec.decode(bytes.record());
                    RecordMeta meta = full.meta();
                    decided(key, null, meta, change.decide(meta, full), change, write, null);
                }
                case RecordStore.ReadResult.Gone _ -> change(key, change, write);
                case RecordStore.ReadResult.Corrupt _ -> {
                    corrupt(key);
                    write.refused(Refusal.CANNOT_SAY);
                }
                case RecordStore.ReadResult.Overloaded _ -> write.refused(Refusal.OVERLOADED);
            }
            state.blocked.forEach(Runnable::run);
        });
    }

    private void afterPending(Key key, Runnable question) {
        Pending state = pending.get(key);
        if (state == null || state.loading || !showsDurableOnly) {
            question.run();
        } else {
            state.last.waiters.add(question);
        }
    }

    private static Refusal toRefusal(RecordStore.Refusal why) {
        return switch (why) {
            case DISK_FULL -> Refusal.DISK_FULL;
            case OVERLOADED -> Refusal.OVERLOADED;
            case RECOVERING -> Refusal.CANNOT_SAY;
            case TOO_LARGE, FAILED -> Refusal.FAILED;
        };
    }

    void belowWatermark() {
        events.writeBelowWatermark();
    }

    boolean isPending(Key key) {
        return pending.containsKey(key);
    }

    /** The partition was emptied: what it owed comes with the copy if anybody has it. */
    void forgetOwed() {
        owed.clear();
    }

    /** The smallest stamp that is on its way to the disk, or refused by it; {@code Long.MAX_VALUE} for none. */
    long oldestPending() {
        long oldest = owed.values().stream().mapToLong(Owed::oldest).min().orElse(Long.MAX_VALUE);
        for (Pending state : pending.values()) {
            for (Ticket ticket : state.onTheWay) {
                oldest = Math.min(oldest, ticket.oldest);
            }
        }
        return oldest;
    }

    /**
     * Puts back a record whose bytes on the disk went bad: what is held is known, its values are not.
     *
     * @param found what other replicas hold, merged
     * @param lostUpTo what is not found at or below this stamp is held by nobody, and is given up; 0 while that is not known
     */
    void restore(Key key, KeyRecord found, long lostUpTo, long epoch, RestoreListener listener) {
        restore(
                key,
                found,
                forgotten.isFull() ? 0 : lostUpTo,
                listener,
                written -> new RejudgedWrite(epoch, written, null));
    }

    /** In a copy that this store is to give up: nobody counts on it, so no ring is asked, and it stamps nothing there before it is copied anew. */
    void restoreLeft(Key key, KeyRecord found, long lostUpTo, RestoreListener listener) {
        restore(key, found, lostUpTo, listener, UnjudgedWrite::new);
    }

    private void restore(
            Key key,
            KeyRecord found,
            long lostUpTo,
            RestoreListener listener,
            Function<WriteListener, RejudgedWrite> rejudged) {
        byte[] encoded = RecordCodec.encode(found);
        Salvage salvage = new Salvage(found, encoded, merging.ofIncoming(found, encoded), lostUpTo, dots -> {
            repair.newLife();
            if (forgotten.add(key, dots)) {
                store.forgetsStamps();
            }
        });
        WriteListener written = new WriteListener() {
            @Override
            public void durable() {
                if (salvage.hasLost()) {
                    forgetNothing(key);
                    listener.lost();
                } else {
                    listener.restored();
                }
            }

            @Override
            public void refused(Refusal why) {
                if (salvage.hasLost()) {
                    forgotten.remove(key);
                }
                listener.refused(why);
            }
        };
        change(key, salvage, rejudged.apply(written));
    }

    /** Nobody had anything of the key: the record that says so has hidden the damaged one in the log, and goes. */
    private void forgetNothing(Key key) {
        if (!isPending(key)
                && store.lookup(partition, key) instanceof Lookup.Found held
                && RecordCodec.decodeMeta(held.meta()).equals(RecordMeta.EMPTY)
                && store.forget(partition, key, held.at())) {
            repair.replaced(key, RecordMeta.EMPTY, null);
        }
    }

    KeyRecord join(KeyRecord one, KeyRecord other) {
        return merging.join(one, other);
    }

    /** Replaces a key whose digest is still the one given by the statement that all it held is gone. */
    void bury(Key key, long digest, long epoch, WriteListener listener) {
        Change burial = (meta, full) -> {
            if (meta == null || meta.digest() != digest) {
                return Decision.Covered.COVERED;
            }
            KeyRecord gone = new KeyRecord(meta.generation(), List.of(), meta.context());
            return new Decision.Append(gone, RecordCodec.encode(gone));
        };
        change(key, burial, new RejudgedWrite(epoch, listener, null));
    }

    /** Keys with a version on its way to the disk; for metrics. */
    public int pendingKeys() {
        return pending.size();
    }

    /** @param oldest the smallest stamp in it that is not durable here */
    private record Owed(KeyRecord record, long oldest) {}

    /** Judges the epoch again when the write is durable, before it is acknowledged (design "Epoch rules", ackFence in the models). */
    private class RejudgedWrite implements WriteListener {
        private final long epoch;
        final WriteListener listener;

        /** Also follows the stamp; null for what was stamped elsewhere. */
        private final @Nullable StampListener stamp;

        RejudgedWrite(long epoch, WriteListener listener, @Nullable StampListener stamp) {
            this.epoch = epoch;
            this.listener = listener;
            this.stamp = stamp;
        }

        void stamped(KeyRecord record, byte[] encoded) {
            if (stamp != null) {
                stamp.stamped(record, encoded);
            }
        }

        @Override
        public void durable() {
            Refusal refusal = judge(epoch);
            if (refusal == null) {
                listener.durable();
            } else {
                listener.refused(refusal);
            }
        }

        @Override
        public void refused(Refusal why) {
            listener.refused(why);
        }
    }

    /** What no acknowledgement follows. */
    private final class UnjudgedWrite extends RejudgedWrite {
        UnjudgedWrite(WriteListener listener) {
            super(0, listener, null);
        }

        @Override
        public void durable() {
            listener.durable();
        }
    }
}
