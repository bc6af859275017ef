package io.kvcluster.node.repair;

import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.node.storage.HintLog.Hint;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.proto.peer.WriteAnswer;
import io.kvcluster.proto.peer.WriteRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Gives one store the writes that it missed, oldest first, page by page, a few at a time, with the pauses that it asks for. A hint
 * that has grown too old, or that the store refuses for good, is given up and its partition exchanged instead. What was delivered
 * is given back to the log as a prefix. On one loop.
 *
 * <p>Where hints were given up, an exchange of the partition runs beside the replay or went before it, and brings what other hints
 * bring too. So the store is asked for the digest of a record now and then, and of each while it turns out to have them.
 */
final class HintReplay {
    /** A question for the digest costs about as much as a record of this size. */
    private static final int ASK_FROM_BYTES = 512;

    /** Records of a partition that are given unasked after one that the store did not have. */
    private static final int UNASKED = 8;

    private final RepairSetup setup;
    private final RepairEvents events;
    private final Asking asking;
    private final Loop loop;
    private final String storeId;
    private final boolean expiredOnly;
    private final BiConsumer<Integer, String> dirty;
    private final Runnable done;

    private HintLog.Page page = new HintLog.Page(List.of(), 0, Set.of(), true);
    private boolean[] settled = {};
    /** By partition: so many are given before the store is asked again. */
    private final Map<Integer, Integer> unasked = new HashMap<>();

    private int next;
    private int underWay;
    private long notBeforeNanos;
    private boolean stopped;
    private boolean sleeping;
    private boolean pageEnded;

    /**
     * @param expiredOnly the store cannot be reached: only what is too old is given up
     * @param dirty hears of partitions that have to be exchanged with the store; any loop
     * @param done once, when nothing is left or it cannot go on now
     */
    HintReplay(
            RepairSetup setup,
            RepairEvents events,
            Asking asking,
            Loop loop,
            String storeId,
            boolean expiredOnly,
            BiConsumer<Integer, String> dirty,
            Runnable done) {
        this.setup = setup;
        this.events = events;
        this.asking = asking;
        this.loop = loop;
        this.storeId = storeId;
        this.expiredOnly = expiredOnly;
        this.dirty = dirty;
        this.done = done;
    }

    void start() {
        nextPage(0);
    }

    private void nextPage(long after) {
        setup.hints().page(Hints.target(storeId), after, setup.config().hintPage(), loop, result -> {
            switch (result) {
                case HintLog.PageResult.CannotSay _ -> done.run();
                case HintLog.Page got -> begin(got);
            }
        });
    }

    private void begin(HintLog.Page got) {
        page = got;
        settled = new boolean[got.hints().size()];
        next = 0;
        stopped = false;
        pageEnded = false;
        got.lost().forEach(partition -> giveUp(partition));
        more();
    }

    private void more() {
        while (!stopped
                && !sleeping
                && next < settled.length
                && underWay < setup.config().window()) {
            Hint hint = page.hints().get(next);
            if (tooOld(hint)) {
                giveUp(hint.partition());
                settled[next++] = true;
                continue;
            }
            if (expiredOnly) {
                stopped = true;
                break;
            }
            long wait = asking.waitNanos(notBeforeNanos);
            if (wait > 0) {
                sleeping = true;
                loop.after(wait, () -> {
                    sleeping = false;
                    more();
                });
                return;
            }
            underWay++;
            give(next++, hint);
        }
        if (underWay == 0 && !pageEnded && (stopped || next == settled.length)) {
            pageEnded = true;
            endPage();
        }
    }

    private boolean tooOld(Hint hint) {
        long ageMillis = setup.clock().wallMillis() - Hlc.millis(hint.hlc());
        return ageMillis > setup.config().hintWindow().toMillis();
    }

    private void give(int index, Hint hint) {
        int left = unasked.getOrDefault(hint.partition(), 0);
        if (hint.record().length < ASK_FROM_BYTES || left > 0) {
            unasked.put(hint.partition(), Math.max(0, left - 1));
            send(index, hint);
            return;
        }
        ReadRequest question = ReadRequest.newBuilder()
                .setPartition(hint.partition())
                .setKey(UnsafeByteOperations.unsafeWrap(hint.key().bytes()))
                .setRepair(true)
                .setDigestOnly(true)
                .setDeadlineMillis(asking.deadlineMillis())
                .build();
        asking.ask(
                storeId,
                PeerMessage.newBuilder().setReadRequest(question),
                0,
                message -> told(index, hint, message.getReadAnswer()),
                why -> lost());
    }

    private void told(int index, Hint hint, ReadAnswer answer) {
        boolean there = answer.getStatus() == PeerStatus.OK
                && answer.getDigest() == RecordCodec.decode(hint.record()).digest();
        if (there) {
            underWay--;
            unasked.put(hint.partition(), 0);
            events.hintReplayed();
            settled[index] = true;
            more();
        } else {
            unasked.put(hint.partition(), UNASKED);
            send(index, hint);
        }
    }

    private void lost() {
        underWay--;
        stopped = true;
        more();
    }

    private void send(int index, Hint hint) {
        WriteRequest request = WriteRequest.newBuilder()
                .setPartition(hint.partition())
                .setKey(UnsafeByteOperations.unsafeWrap(hint.key().bytes()))
                .setRecord(UnsafeByteOperations.unsafeWrap(hint.record()))
                .setWriteBack(true)
                .setDeadlineMillis(asking.deadlineMillis())
                .build();
        asking.ask(
                storeId,
                PeerMessage.newBuilder().setWriteRequest(request),
                request.getSerializedSize(),
                message -> {
                    underWay--;
                    answered(index, hint, message.getWriteAnswer());
                    more();
                },
                why -> lost());
    }

    private void answered(int index, Hint hint, WriteAnswer answer) {
        notBeforeNanos =
                Math.max(notBeforeNanos, asking.nanos() + TimeUnit.MILLISECONDS.toNanos(answer.getPauseMillis()));
        PeerStatus status = answer.getStatus();
        if (status == PeerStatus.OK) {
            events.hintReplayed();
            settled[index] = true;
        } else if (status == PeerStatus.PEER_NOT_A_REPLICA || status == PeerStatus.PEER_FAILED) {
            giveUp(hint.partition());
            settled[index] = true;
        } else {
            stopped = true;
        }
    }

    private void giveUp(int partition) {
        events.hintDropped();
        dirty.accept(partition, storeId);
    }

    private void endPage() {
        int prefix = 0;
        while (prefix < settled.length && settled[prefix]) {
            prefix++;
        }
        boolean whole = prefix == settled.length;
        long upTo = whole
                ? page.upTo()
                : prefix == 0 ? 0 : page.hints().get(prefix - 1).id();
        Runnable after = () -> {
            if (whole && !page.last()) {
                nextPage(page.upTo());
            } else {
                done.run();
            }
        };
        if (upTo == 0) {
            after.run();
        } else {
            setup.hints().done(Hints.target(storeId), upTo, loop, after);
        }
    }
}
