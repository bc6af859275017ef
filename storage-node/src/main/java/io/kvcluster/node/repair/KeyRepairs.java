package io.kvcluster.node.repair;

import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.Held;
import io.kvcluster.node.replica.ReadListener;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.replica.RepairSide.Entry;
import io.kvcluster.node.replica.WriteListener;
import io.kvcluster.node.version.MalformedRecordException;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.proto.peer.KeyDigest;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.proto.peer.WriteAnswer;
import io.kvcluster.proto.peer.WriteRequest;
import io.kvcluster.ring.Ring;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Gives and takes the records of a page that differ, a few at a time. The side with the greater stamp gives first: under
 * last-writer-wins that ends it, so that each record travels once. When the merge left the other side with something else, it
 * travels back.
 */
final class KeyRepairs {
    private sealed interface Work {
        /** @param again the other direction was tried before */
        record Give(Key key, int bytes, boolean again) implements Work {}

        record Take(Key key, int bytes, boolean again) implements Work {}

        record Bury(Key key, long digest) implements Work {}
    }

    private final RepairSide side;
    private final boolean suspect;
    private final String peer;
    private final Asking asking;
    private final int window;
    private final RepairEvents events;
    private final boolean left;
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private long notBeforeNanos;
    private int underWay;
    private int repaired;
    private int unreadable;
    private boolean sleeping;
    private boolean over = true;
    private Runnable then = () -> {};
    private Consumer<String> failed = why -> {};

    /** @param suspect this side may have lost anything */
    KeyRepairs(RepairSide side, boolean suspect, String peer, Asking asking, int window, RepairEvents events) {
        this(side, suspect, peer, asking, window, events, false);
    }

    /** @param left this store left the partition: it may only give */
    KeyRepairs(
            RepairSide side,
            boolean suspect,
            String peer,
            Asking asking,
            int window,
            RepairEvents events,
            boolean left) {
        this.left = left;
        this.side = side;
        this.suspect = suspect;
        this.peer = peer;
        this.asking = asking;
        this.window = window;
        this.events = events;
    }

    int repaired() {
        return repaired;
    }

    /** Records that a suspect side could not give, because their bytes went bad. */
    int unreadable() {
        return unreadable;
    }

    /**
     * Joins two lists in key order.
     *
     * @param deletedUpTo the other's watermark: what is held here at or below it and not there was deleted. 0 when it is suspect
     */
    void page(List<Entry> ours, List<KeyDigest> theirs, long deletedUpTo) {
        int mine = 0;
        int other = 0;
        while (mine < ours.size() || other < theirs.size()) {
            Key theirKey =
                    other < theirs.size() ? Key.of(theirs.get(other).getKey().toByteArray()) : null;
            int order = theirKey == null
                    ? -1
                    : mine == ours.size() ? 1 : ours.get(mine).key().compareTo(theirKey);
            if (order < 0) {
                onlyOurs(ours.get(mine++), deletedUpTo);
            } else if (order > 0) {
                KeyDigest entry = theirs.get(other++);
                waiting.add(new Work.Take(java.util.Objects.requireNonNull(theirKey), entry.getBytes(), false));
            } else {
                both(ours.get(mine++), theirs.get(other++));
            }
        }
    }

    /** What a store that left still holds and the other does not. */
    void give(List<Entry> left) {
        left.forEach(entry -> waiting.add(new Work.Give(entry.key(), entry.bytes(), true)));
    }

    /**
     * An unsuspected replica may still hold siblings that the other settled, under a policy that came later, before it collected
     * the tombstone that won. That the newest of them is one tells this from a record that the other lost and does not know of.
     */
    private void onlyOurs(Entry entry, long deletedUpTo) {
        waiting.add(
                entry.greatest() <= deletedUpTo && (suspect || entry.deletedLast())
                        ? new Work.Bury(entry.key(), entry.digest())
                        : new Work.Give(entry.key(), entry.bytes(), false));
    }

    private void both(Entry ours, KeyDigest theirs) {
        if (ours.digest() == theirs.getDigest()) {
            return;
        }
        waiting.add(
                ours.greatest() > theirs.getGreatest()
                        ? new Work.Give(ours.key(), ours.bytes(), false)
                        : new Work.Take(ours.key(), theirs.getBytes(), false));
    }

    /** One of the two is called, once. */
    void run(Runnable whenAll, Consumer<String> whenFailed) {
        then = whenAll;
        failed = whenFailed;
        over = false;
        more();
    }

    private void more() {
        while (!over && !sleeping && underWay < window && !waiting.isEmpty()) {
            long wait = asking.waitNanos(notBeforeNanos);
            if (wait > 0) {
                sleeping = true;
                side.loop().after(wait, () -> {
                    sleeping = false;
                    more();
                });
                return;
            }
            underWay++;
            start(waiting.remove());
        }
        if (!over && waiting.isEmpty() && underWay == 0) {
            over = true;
            then.run();
        }
    }

    private void start(Work work) {
        switch (work) {
            case Work.Give give -> give(give);
            case Work.Take take -> take(take);
            case Work.Bury bury -> side.bury(bury.key(), bury.digest(), epoch(), new Written(() -> {}));
        }
    }

    private long epoch() {
        Ring ring = asking.ring();
        return ring == null ? 0 : ring.epoch();
    }

    private void give(Work.Give give) {
        ReadListener then = new ReadListener() {
            @Override
            public void held(Held held) {
                byte[] record = held.encoded();
                if (record == null) {
                    ended(); // forgotten meanwhile
                } else {
                    send(give, record, held.digest());
                }
            }

            @Override
            public void refused(Refusal why) {
                // a record that cannot be read here is repaired by itself; the others go on
                if (suspect && side.isCorrupt(give.key())) {
                    unreadable++;
                    ended();
                } else if (why == Refusal.CANNOT_SAY) {
                    KeyRepairs.this.refused("a record cannot be read: " + give.key());
                } else {
                    KeyRepairs.this.refused("the own store: " + why);
                }
            }
        };
        if (left) {
            side.readLeft(give.key(), then);
        } else {
            side.read(give.key(), epoch(), then);
        }
    }

    private void send(Work.Give give, byte[] record, long digest) {
        WriteRequest request = WriteRequest.newBuilder()
                .setPartition(side.partition())
                .setKey(UnsafeByteOperations.unsafeWrap(give.key().bytes()))
                .setRecord(UnsafeByteOperations.unsafeWrap(record))
                .setWriteBack(true)
                .setDeadlineMillis(asking.deadlineMillis())
                .build();
        asking.ask(
                peer,
                PeerMessage.newBuilder().setWriteRequest(request),
                request.getSerializedSize(),
                message -> {
                    WriteAnswer answer = message.getWriteAnswer();
                    pause(answer.getPauseMillis());
                    if (answer.getStatus() != PeerStatus.OK) {
                        refused("it answered " + answer.getStatus());
                        return;
                    }
                    counted();
                    boolean theyHaveMore = answer.getDigest() != digest && answer.getDigest() != 0;
                    if (theyHaveMore && !give.again()) {
                        waiting.add(new Work.Take(give.key(), give.bytes(), true));
                    }
                    ended();
                },
                why -> refused("no answer: " + why));
    }

    private void take(Work.Take take) {
        ReadRequest request = ReadRequest.newBuilder()
                .setPartition(side.partition())
                .setKey(UnsafeByteOperations.unsafeWrap(take.key().bytes()))
                .setRepair(true)
                .setDeadlineMillis(asking.deadlineMillis())
                .build();
        asking.ask(
                peer,
                PeerMessage.newBuilder().setReadRequest(request),
                take.bytes(),
                message -> taken(take, message.getReadAnswer()),
                why -> refused("no answer: " + why));
    }

    private void taken(Work.Take take, ReadAnswer answer) {
        if (answer.getStatus() != PeerStatus.OK) {
            refused("it answered " + answer.getStatus());
            return;
        }
        if (answer.getRecord().isEmpty()) {
            ended(); // forgotten meanwhile
            return;
        }
        byte[] encoded = answer.getRecord().toByteArray();
        try {
            side.merge(take.key(), RecordCodec.decode(encoded), encoded, epoch(), new Written(() -> {
                counted();
                long now = side.digest(take.key());
                if (now != answer.getDigest() && now != 0 && !take.again()) {
                    waiting.add(new Work.Give(take.key(), take.bytes(), true));
                }
            }));
        } catch (MalformedRecordException bad) {
            refused("its record of " + take.key() + " cannot be read: " + bad.getMessage());
        }
    }

    private void counted() {
        repaired++;
        events.keyRepaired();
    }

    private void pause(int millis) {
        notBeforeNanos = Math.max(notBeforeNanos, asking.nanos() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void ended() {
        underWay--;
        more();
    }

    private void refused(String why) {
        underWay--;
        if (!over) {
            over = true;
            waiting.clear();
            failed.accept(why);
        }
    }

    private final class Written implements WriteListener {
        private final Runnable whenDurable;

        Written(Runnable whenDurable) {
            this.whenDurable = whenDurable;
        }

        @Override
        public void durable() {
            whenDurable.run();
            ended();
        }

        @Override
        public void refused(Refusal why) {
            KeyRepairs.this.refused("the own store: " + why);
        }
    }
}
