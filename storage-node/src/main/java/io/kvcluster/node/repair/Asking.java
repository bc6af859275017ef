package io.kvcluster.node.repair;

import io.kvcluster.node.peer.AnswerListener;
import io.kvcluster.node.peer.PeerFailure;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.ring.Ring;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Questions of one loop to peers, under the ring in use, on the bulk lane; each is paid for. */
final class Asking {
    /** A message that is larger does not fit the bulk lane's frames; it goes one at a time on the foreground lane, like a client's. */
    static final int BULK_MESSAGE_BYTES = 60 * 1024;

    /** Since which protocol a peer knows exchanges. */
    static final int PROTOCOL = 2;

    private final RepairSetup setup;
    private final RepairEvents events;
    private final Loop loop;
    private final ByteBudget budget;

    Asking(RepairSetup setup, RepairEvents events, Loop loop) {
        this.setup = setup;
        this.events = events;
        this.loop = loop;
        this.budget =
                new ByteBudget(setup.config().bytesPerSecond(), setup.clock().nanos());
    }

    int deadlineMillis() {
        return (int) setup.config().askDeadline().toMillis();
    }

    /** @param failed hears why, at once or later */
    void ask(
            String storeId,
            PeerMessage.Builder question,
            int bytes,
            Consumer<PeerMessage> answered,
            Consumer<PeerFailure> failed) {
        Ring ring = setup.rings().get();
        if (ring == null) {
            loop.post(() -> failed.accept(PeerFailure.NOT_SENT));
            return;
        }
        question.setEpoch(ring.epoch());
        long deadline = setup.clock().nanos() + setup.config().askDeadline().toNanos();
        AnswerListener listener = new AnswerListener() {
            @Override
            public void answered(PeerMessage answer) {
                moved(answer.getSerializedSize());
                answered.accept(answer);
            }

            @Override
            public void failed(PeerFailure why) {
                failed.accept(why);
            }
        };
        moved(question.build().getSerializedSize());
        if (bytes > BULK_MESSAGE_BYTES) {
            setup.peers().ask(storeId, question, loop, deadline, listener);
        } else {
            setup.peers().askInBulk(storeId, question, loop, deadline, listener);
        }
    }

    private void moved(int bytes) {
        budget.moved(bytes, setup.clock().nanos());
        events.bytesMoved(bytes);
    }

    /** Runs {@code then} when the budget allows, and not before {@code notBeforeNanos}. */
    void whenAffordable(long notBeforeNanos, Runnable then) {
        long wait = waitNanos(notBeforeNanos);
        if (wait <= 0) {
            then.run();
        } else {
            loop.after(wait, then);
        }
    }

    /** How long the budget and the peer want a pause; 0 or less for not at all. */
    long waitNanos(long notBeforeNanos) {
        long now = setup.clock().nanos();
        return Math.max(budget.waitNanos(now), notBeforeNanos - now);
    }

    boolean reachable(String storeId) {
        return setup.peers().isUp(storeId) && setup.peers().protocol(storeId) >= PROTOCOL;
    }

    @Nullable Ring ring() {
        return setup.rings().get();
    }

    long nanos() {
        return setup.clock().nanos();
    }
}
