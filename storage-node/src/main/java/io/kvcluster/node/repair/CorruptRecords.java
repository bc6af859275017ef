package io.kvcluster.node.repair;

import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.replica.RestoreListener;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.MalformedRecordException;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.ring.Ring;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Fetches one record whose bytes went bad from the other replicas, one after the other, until all that it said is written again.
 *
 * <p>What none of them holds is given up, and told as a possible loss: else nobody could ever exchange with this replica again.
 * Only when every one of them told all it has, under one ring, after it promised to take no client's write as old as that any
 * more: so nothing that is acknowledged meanwhile counts on this copy. On a copy that is to be given up nothing counts at all: there
 * it is enough that every one told, and without this no store could leave whose disk has a bad spot.
 */
final class CorruptRecords {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PartitionRepair partition;
    private final RepairSide side;
    private final Key key;
    private final Asking asking;
    private final RepairEvents events;
    private final Runnable done;
    private final ArrayDeque<String> stores;
    private final boolean left;
    private final long promised;
    private final long epoch;
    private boolean allTold = true;
    private KeyRecord found = KeyRecord.EMPTY;

    CorruptRecords(PartitionRepair partition, Key key, Asking asking, RepairEvents events, Runnable done) {
        this.partition = partition;
        this.side = partition.side();
        this.key = key;
        this.asking = asking;
        this.events = events;
        this.done = done;
        this.stores = new ArrayDeque<>(partition.others());
        this.left = !partition.held();
        this.promised = !left ? partition.promisedByAll() : stores.isEmpty() ? 0 : Long.MAX_VALUE;
        this.epoch = epochNow();
    }

    void start() {
        next();
    }

    private void next() {
        String store = stores.poll();
        if (store == null) {
            last();
            return;
        }
        ReadRequest request = ReadRequest.newBuilder()
                .setPartition(side.partition())
                .setKey(UnsafeByteOperations.unsafeWrap(key.bytes()))
                .setRepair(joins(store))
                .setDeadlineMillis(asking.deadlineMillis())
                .build();
        asking.ask(
                store,
                PeerMessage.newBuilder().setReadRequest(request),
                Integer.MAX_VALUE, // nobody knows how large it is
                message -> fetched(message.getReadAnswer()),
                why -> {
                    allTold = false;
                    next();
                });
    }

    private void fetched(ReadAnswer answer) {
        boolean told = answer.getStatus() == PeerStatus.OK
                && answer.getExists() == !answer.getRecord().isEmpty();
        allTold &= told;
        if (!told || answer.getRecord().isEmpty()) {
            next();
            return;
        }
        try {
            KeyRecord held = RecordCodec.decode(answer.getRecord().toByteArray());
            found = found.equals(KeyRecord.EMPTY) ? held : side.join(found, held);
        } catch (MalformedRecordException bad) {
            allTold = false;
            next();
            return;
        }
        restore(0, this::next);
    }

    private void last() {
        if (!allTold || (side.suspect() && !left) || epochNow() != epoch) {
            again();
            return;
        }
        partition.exchangeWithAll();
        restore(promised, this::again);
    }

    private void restore(long lostUpTo, Runnable otherwise) {
        RestoreListener listener = new RestoreListener() {
            @Override
            public void restored() {
                side.restored();
                events.corruptRecordRepaired();
                done.run();
            }

            @Override
            public void lost() {
                side.restored();
                partition.lost(key);
                done.run();
            }

            @Override
            public void refused(Refusal why) {
                otherwise.run();
            }
        };
        if (left) {
            side.restoreLeft(key, found, lostUpTo, listener);
        } else {
            side.restore(key, found, lostUpTo, epochNow(), listener);
        }
    }

    /** It stays known as bad, and is asked for again. */
    private void again() {
        side.loop().after(AGAIN_NANOS, () -> side.again(key));
        done.run();
    }

    /** One that joins lost nothing: it says what it has so far, though it doubts its copy until it exchanged with this replica too. */
    private boolean joins(String store) {
        Ring ring = asking.ring();
        return ring != null && ring.joins(side.partition(), store);
    }

    private long epochNow() {
        Ring ring = asking.ring();
        return ring == null ? 0 : ring.epoch();
    }
}
