package io.kvcluster.node.repair;

import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.replica.WriteListener;
import io.kvcluster.node.version.MalformedRecordException;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.ring.Ring;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** Fetches one record whose bytes went bad from the other replicas, one after the other, until it is written again. */
final class CorruptRecords {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RepairSide side;
    private final Key key;
    private final Asking asking;
    private final RepairEvents events;
    private final Runnable done;
    private final ArrayDeque<String> stores = new ArrayDeque<>();

    CorruptRecords(PartitionRepair partition, Key key, Asking asking, RepairEvents events, Runnable done) {
        this.side = partition.side();
        this.key = key;
        this.asking = asking;
        this.events = events;
        this.done = done;
        partition.pairs().forEach(pair -> stores.add(pair.storeId));
    }

    void start() {
        String store = stores.poll();
        if (store == null) {
            // nobody had it now: it stays known as bad, and is asked for again
            side.loop().after(AGAIN_NANOS, () -> side.again(key));
            done.run();
            return;
        }
        ReadRequest request = ReadRequest.newBuilder()
                .setPartition(side.partition())
                .setKey(UnsafeByteOperations.unsafeWrap(key.bytes()))
                .setDeadlineMillis(asking.deadlineMillis())
                .build();
        asking.ask(
                store,
                PeerMessage.newBuilder().setReadRequest(request),
                Integer.MAX_VALUE, // nobody knows how large it is
                message -> fetched(message.getReadAnswer()),
                why -> start());
    }

    private void fetched(ReadAnswer answer) {
        Ring ring = asking.ring();
        if (answer.getStatus() != PeerStatus.OK || answer.getRecord().isEmpty() || ring == null) {
            start();
            return;
        }
        byte[] encoded = answer.getRecord().toByteArray();
        try {
            side.restore(key, RecordCodec.decode(encoded), encoded, ring.epoch(), new WriteListener() {
                @Override
                public void durable() {
                    side.restored();
                    events.corruptRecordRepaired();
                    done.run();
                }

                @Override
                public void refused(Refusal why) {
                    start();
                }
            });
        } catch (MalformedRecordException bad) {
            start();
        }
    }
}
