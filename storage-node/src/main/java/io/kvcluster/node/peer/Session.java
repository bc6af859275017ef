package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.Hello;
import io.kvcluster.proto.peer.Lane;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.peer.PeerMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One link from its opening to its end. The transport's thread reads and writes frames here; the peer loop judges the Hello
 * and establishes it; any thread leaves messages in its outbox.
 *
 * <p>The side that dialled says Hello as the link opens; the other answers with its own once it has accepted. Nothing else
 * travels before both: frames that overtake the peer loop's judgement wait here for it.
 */
final class Session implements Transport.Listener<PeerFrame>, PeerRequestHandler.Responder {
    /** Frames that may wait for the judgement of a Hello. */
    private static final int EARLY_FRAMES = 256;

    private static final long EARLY_BYTES = 32L * 1024 * 1024;

    final boolean dialled;
    /** Whom we dialled; empty when they did. */
    final String expectedStoreId;

    final long startedNanos;
    private final Links links;
    private final Inbound inbound;
    private final Outbox outbox;

    private volatile @Nullable Lane lane;
    private volatile Transport.@Nullable Link<PeerFrame> link;
    private volatile @Nullable Peer peer;
    private volatile int frameBytes;
    private volatile boolean helloDue;
    private volatile boolean closed;
    private volatile @Nullable String closeWhenOpened;

    /** Peer loop only. */
    private long establishedNanos;

    /** Transport's thread only. */
    private boolean heardHello;

    private final ArrayDeque<PeerFrame> early = new ArrayDeque<>();
    private long earlyBytes;

    /** @param lane unknown until the Hello when they dialled */
    Session(Links links, Inbound inbound, Outbox outbox, @Nullable Lane lane, String expectedStoreId, long nowNanos) {
        this.links = links;
        this.inbound = inbound;
        this.outbox = outbox;
        this.lane = lane;
        this.dialled = lane != null;
        this.expectedStoreId = expectedStoreId;
        this.startedNanos = nowNanos;
    }

    // --- any thread

    boolean isEstablished() {
        return peer != null;
    }

    boolean isClosed() {
        return closed;
    }

    boolean offerRequest(Outgoing request) {
        return !closed && outbox.offerRequest(request) && wake();
    }

    void offerSystem(PeerMessage message) {
        outbox.add(new Outgoing(message));
        wake();
    }

    @Override
    public void answer(PeerMessage.Builder answer) {
        if (closed) {
            return;
        }
        if (outbox.offerAnswer(new Outgoing(answer.build()))) {
            wake();
        } else {
            close("it does not take its answers");
        }
    }

    void close(String why) {
        closeWhenOpened = why;
        Transport.Link<PeerFrame> opened = link;
        if (opened != null) {
            opened.close(why);
        }
    }

    int queued() {
        return outbox.depth();
    }

    private boolean wake() {
        if (outbox.mustWake()) {
            Transport.Link<PeerFrame> opened = link;
            if (opened != null) {
                opened.wake();
            }
        }
        return true;
    }

    // --- peer loop

    /** What {@code connect} returned, for a link that has not opened yet. */
    void connecting(Transport.Link<PeerFrame> connecting) {
        link = connecting;
    }

    /** The Hello was accepted: frames flow from now on, first of all our Hello when they dialled. */
    void establish(Peer established, Lane theirs, int bytes, long nowNanos) {
        establishedNanos = nowNanos;
        lane = theirs;
        frameBytes = bytes;
        helloDue = !dialled;
        peer = established;
        sayAgain();
    }

    /** Says Hello again on an established link, because what it says has changed. */
    void helloAgain() {
        helloDue = true;
        sayAgain();
    }

    private void sayAgain() {
        Transport.Link<PeerFrame> opened = link;
        if (opened != null) {
            opened.wake();
        }
    }

    /** Only of an established one. */
    long establishedNanos() {
        return establishedNanos;
    }

    Lane lane() {
        Lane known = lane;
        return known == null ? Lane.FOREGROUND : known;
    }

    String presentAddress() {
        Transport.Link<PeerFrame> opened = link;
        return opened == null ? "" : opened.presentAddress();
    }

    String remoteAddress() {
        Transport.Link<PeerFrame> opened = link;
        return opened == null ? "" : opened.remoteAddress();
    }

    // --- the transport's thread

    @Override
    public void opened(Transport.Link<PeerFrame> opened) {
        link = opened;
        String unwanted = closeWhenOpened;
        if (unwanted != null) {
            opened.close(unwanted);
        } else if (dialled) {
            opened.send(inbound.stamped().setHello(links.hello(lane())).build());
        }
    }

    @Override
    public void received(PeerFrame frame) {
        if (!heardHello) {
            firstFrame(frame);
            return;
        }
        Peer established = peer;
        if (established != null && early.isEmpty()) {
            inbound.frame(established, this, frame);
        } else if (early.size() < EARLY_FRAMES && earlyBytes < EARLY_BYTES) {
            keep(frame);
        } else {
            close("it sends before Hello was answered");
        }
    }

    /** Until the Hello is judged. */
    private void keep(PeerFrame frame) {
        earlyBytes += frame.getSerializedSize();
        early.add(frame);
    }

    private void firstFrame(PeerFrame frame) {
        if (!frame.hasHello()) {
            close("the first frame was no Hello");
            return;
        }
        heardHello = true;
        if (!inbound.observe(frame)) {
            links.onLoop(() -> links.aheadOfUs(frame.getHello().getStoreId(), frame.getHlc()));
            close(Inbound.skewed(frame.getHello()));
            return;
        }
        if (frame.getMessagesCount() > 0) {
            // What was asked before it left came with it, and waits for the judgement like all that comes early.
            keep(frame.toBuilder().clearHello().build());
        }
        Hello hello = frame.getHello();
        links.onLoop(() -> links.judge(this, hello));
    }

    @Override
    public void ready() {
        Peer established = peer;
        if (established == null || closed) {
            return;
        }
        while (!early.isEmpty()) {
            inbound.frame(established, this, early.poll());
        }
        flush();
    }

    private void flush() {
        Transport.Link<PeerFrame> open = link;
        if (open == null) {
            return;
        }
        do {
            while (true) {
                // Not ready: stay awake, the transport calls again.
                if (!open.isReady()) {
                    return;
                }
                PeerFrame.Builder frame = PeerFrame.newBuilder();
                if (helloDue) {
                    // Alone: earlier releases hear nothing that comes with the first one.
                    helloDue = false;
                    frame.setHello(links.hello(lane()));
                } else if (!outbox.fill(frame, frameBytes)) {
                    break;
                }
                open.send(inbound.stamp(frame).build());
            }
        } while (outbox.restAndRecheck());
    }

    @Override
    public void closed(String why) {
        closed = true;
        links.sessionClosed(this, why);
    }

    @Override
    public String toString() {
        return (dialled ? "link to " + expectedStoreId : "link from " + remoteAddress()) + " " + lane();
    }
}
