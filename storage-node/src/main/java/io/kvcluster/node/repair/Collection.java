package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.proto.peer.ExchangeAnswer;
import io.kvcluster.proto.peer.ExchangeRequest;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Forgets what the watermark of one partition covers. Asks every other replica first, and again every few seconds: as long as one
 * is down, suspect, or under another ring, nothing is collected. On the partition's loop.
 */
final class Collection {
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PartitionRepair partition;
    private final RepairSide side;
    private final Asking asking;
    private final int rows;
    private final RepairEvents events;
    private final Runnable done;
    private final long watermark;
    private Optional<Key> after = Optional.empty();
    private long askedNanos;
    private int answers;
    private boolean ended;

    Collection(PartitionRepair partition, Asking asking, int rows, RepairEvents events, Runnable done) {
        this.partition = partition;
        this.side = partition.side();
        this.asking = asking;
        this.rows = rows;
        this.events = events;
        this.done = done;
        this.watermark = side.repairedUpTo();
    }

    void start() {
        askedNanos = asking.nanos();
        answers = 0;
        if (partition.pairs().isEmpty()) {
            slice();
            return;
        }
        for (Pair pair : partition.pairs()) {
            ExchangeRequest.Builder probe = ExchangeRequest.newBuilder()
                    .setPartition(side.partition())
                    .setDeadlineMillis(asking.deadlineMillis())
                    .setProbe(true)
                    .setCoveredWithAll(partition.coveredWithAll())
                    .setRepairedUpTo(side.repairedUpTo())
                    .setLeaves(side.tree().leaves());
            asking.ask(
                    pair.storeId,
                    PeerMessage.newBuilder().setExchangeRequest(probe),
                    0,
                    message -> answered(pair, message.getExchangeAnswer()),
                    why -> end());
        }
    }

    private void answered(Pair pair, ExchangeAnswer answer) {
        if (answer.getStatus() != PeerStatus.OK || answer.getSuspect()) {
            end();
            return;
        }
        partition.heard(pair.storeId, answer.getCoveredWithAll());
        partition.heardWatermark(pair.storeId, answer.getRepairedUpTo());
        answers++;
        if (!ended && answers == partition.pairs().size()) {
            slice();
        }
    }

    private void slice() {
        if (ended || side.suspect() || !partition.held() || partition.movesNow()) {
            end();
            return;
        }
        if (asking.nanos() - askedNanos > ASK_AGAIN_NANOS) {
            start();
            return;
        }
        RepairSide.Collected collected = side.collect(after, rows);
        if (collected.keys() > 0) {
            events.tombstonesCollected(collected.keys());
        }
        after = collected.upTo();
        if (after.isPresent()) {
            side.loop().post(this::slice);
        } else {
            partition.collected(watermark);
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            done.run();
        }
    }
}
