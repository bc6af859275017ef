package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.Hello;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.peer.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the messages of a frame: answers to the loops that asked (one task per loop and frame), requests to their handler,
 * heartbeats and rings to the peer loop. Keeps the HLC of both directions. Called on the transport's threads.
 */
final class Inbound {
    private final HlcObserver hlc;
    private final Clock clock;
    private final AskTable[] tables;
    private final PeerCounters counters;
    private final Links links;
    private volatile @Nullable PeerRequestHandler handler;

    Inbound(HlcObserver hlc, Clock clock, AskTable[] tables, PeerCounters counters, Links links) {
        this.hlc = hlc;
        this.clock = clock;
        this.tables = tables;
        this.counters = counters;
        this.links = links;
    }

    void handler(PeerRequestHandler requests) {
        handler = requests;
    }

    PeerFrame.Builder stamped() {
        return stamp(PeerFrame.newBuilder());
    }

    PeerFrame.Builder stamp(PeerFrame.Builder frame) {
        counters.framesSent.increment();
        counters.messagesSent.add(frame.getMessagesCount());
        return frame.setHlc(hlc.current());
    }

    /** False: the frame is to be refused whole. */
    boolean observe(PeerFrame frame) {
        counters.framesReceived.increment();
        if (hlc.tryObserve(frame.getHlc())) {
            return true;
        }
        counters.framesSkewed.increment();
        return false;
    }

    static String skewed(Hello hello) {
        return "CLOCK_SKEW: the clock of " + hello.getName() + " is too far ahead";
    }

    void frame(Peer from, Session session, PeerFrame frame) {
        if (!observe(frame)) {
            links.onLoop(() -> links.aheadOfUs(from.storeId, frame.getHlc()));
            refuse(session, frame);
            return;
        }
        counters.messagesReceived.add(frame.getMessagesCount());
        from.heard(clock.nanos());
        if (frame.hasHello()) {
            links.onLoop(() -> links.judgeAgain(session, from, frame.getHello()));
        }
        sort(from, session, frame.getMessagesList());
    }

    private void sort(Peer from, Session session, List<PeerMessage> messages) {
        @Nullable List<PeerMessage>[] answers = newLists(tables.length);
        List<PeerMessage> requests = new ArrayList<>(messages.size());
        for (PeerMessage message : messages) {
            switch (message.getBodyCase()) {
                case VERSION_ANSWER,
                        READ_ANSWER,
                        WRITE_ANSWER,
                        FORWARD_ANSWER,
                        EXCHANGE_ANSWER,
                        TREE_ANSWER,
                        BUCKET_ANSWER,
                        EXCHANGE_DONE_ANSWER -> addAnswer(answers, message);
                case VERSION_QUESTION,
                        READ_REQUEST,
                        WRITE_REQUEST,
                        FORWARD_REQUEST,
                        EXCHANGE_REQUEST,
                        TREE_REQUEST,
                        BUCKET_REQUEST,
                        EXCHANGE_DONE -> requests.add(message);
                case HEARTBEAT -> links.onLoop(() -> links.heartbeat(session, from, message.getHeartbeat()));
                case RING_UPDATE -> links.onLoop(() -> links.ringUpdate(from, message.getRingUpdate()));
                // A newer protocol's message: whoever sent it must not count on us (Hello told the range).
                case BODY_NOT_SET -> counters.messagesUnknown.increment();
            }
        }
        for (int i = 0; i < answers.length; i++) {
            List<PeerMessage> ofLoop = answers[i];
            if (ofLoop != null) {
                AskTable table = tables[i];
                Loop loop = table.loop();
                loop.post(() -> table.answered(ofLoop));
            }
        }
        PeerRequestHandler handle = handler;
        if (!requests.isEmpty() && handle != null) {
            handle.handle(from.storeId, requests, session);
        }
    }

    private void addAnswer(@Nullable List<PeerMessage>[] answers, PeerMessage answer) {
        int loop = AskTable.loopNumberOf(answer.getId());
        if (loop >= tables.length) {
            counters.messagesUnknown.increment();
            return;
        }
        List<PeerMessage> ofLoop = answers[loop];
        if (ofLoop == null) {
            ofLoop = new ArrayList<>();
            answers[loop] = ofLoop;
        }
        ofLoop.add(answer);
    }

    private static void refuse(Session session, PeerFrame frame) {
        for (PeerMessage message : frame.getMessagesList()) {
            SkewAnswers.to(message).ifPresent(session::answer);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable List<PeerMessage>[] newLists(int length) {
        return new List[length];
    }
}
