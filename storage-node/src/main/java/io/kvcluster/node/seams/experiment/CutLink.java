package io.kvcluster.node.seams.experiment;

import io.kvcluster.node.seams.Transport;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A link whose frames wait while they are cut off or slow. It stands between the real link, whose listener it is, and the owner,
 * whose link it is. Both queues belong to the real link's thread; what wakes them goes through {@link #wake}. An end travels like a
 * frame: it does not get through a cut.
 */
final class CutLink<F> implements Transport.Link<F>, Transport.Listener<F> {
    /** Waiting to be sent: more, and the link is not ready. */
    private static final long READY_BELOW_BYTES = 512 * 1024;
    /** Received and waiting: more, and the link breaks. */
    private static final long MOST_RECEIVED_BYTES = 64L * 1024 * 1024;

    private final CutTransport<F> transport;
    private final String host;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Transport.@Nullable Link<F> real;
    private volatile Transport.@Nullable Listener<F> owner;
    private volatile boolean opened;
    private volatile @Nullable String closeWhy;
    private volatile boolean realClosed;

    private final Waiting<F> sent = new Waiting<>();
    private final Waiting<F> received = new Waiting<>();

    CutLink(CutTransport<F> transport, String host) {
        this.transport = transport;
        this.host = host;
    }

    void over(Transport.Link<F> link) {
        real = link;
    }

    void heardBy(Transport.Listener<F> listener) {
        owner = listener;
    }

    /** Came in while we are cut off: as if its first packet were lost. It ends when the cut does, for the other side to try again. */
    void ignore() {
        ended.set(true);
        closeWhy = "connection timed out";
    }

    /** On the transport's loop. */
    void faultsChanged() {
        Faults faults = transport.faults();
        Transport.Link<F> link = real;
        String why = closeWhy;
        if (realClosed) {
            if (!faults.losesFrom(host)) {
                finish("connection reset");
            }
        } else if (link != null && ended.get() && why != null) {
            if (!faults.losesTo(host)) {
                link.close(why);
            }
        } else if (link != null) {
            link.wake();
        }
    }

    private void finish(String why) {
        Transport.Listener<F> listener = owner;
        if (ended.compareAndSet(false, true) && listener != null) {
            listener.closed(why);
        }
        if (realClosed) {
            transport.forget(this);
        }
    }

    // --- the owner's link

    @Override
    public boolean isReady() {
        Transport.Link<F> link = real;
        return link != null && link.isReady() && sent.bytes < READY_BELOW_BYTES;
    }

    @Override
    public void send(F frame) {
        add(sent, frame);
        drainSent();
    }

    @Override
    public void wake() {
        Transport.Link<F> link = real;
        if (link != null) {
            link.wake();
        }
    }

    @Override
    public void close(String why) {
        closeWhy = why;
        Transport.Link<F> link = real;
        if (realClosed) {
            transport.loop().post(() -> finish(why));
        } else if (link != null && opened) {
            link.wake();
        } else if (link != null) {
            link.close(why);
        }
    }

    @Override
    public String presentAddress() {
        Transport.Link<F> link = real;
        return link == null ? host : link.presentAddress();
    }

    @Override
    public String remoteAddress() {
        Transport.Link<F> link = real;
        return link == null ? host : link.remoteAddress();
    }

    // --- the real link's listener

    @Override
    public void opened(Transport.Link<F> link) {
        real = link;
        opened = true;
        Transport.Listener<F> listener = owner;
        if (listener != null && !ended.get()) {
            listener.opened(this);
        }
    }

    @Override
    public void received(F frame) {
        if (ended.get()) {
            return;
        }
        add(received, frame);
        drainReceived();
        Transport.Link<F> link = real;
        if (received.bytes > MOST_RECEIVED_BYTES && link != null) {
            link.close("more than " + MOST_RECEIVED_BYTES + " bytes wait for the end of a cut");
        }
    }

    @Override
    public void ready() {
        if (ended.get()) {
            return;
        }
        drainReceived();
        drainSent();
        String why = closeWhy;
        Transport.Link<F> link = real;
        Transport.Listener<F> listener = owner;
        if (why == null) {
            if (listener != null) {
                listener.ready();
            }
        } else if (transport.faults().losesTo(host)) {
            finish(why);
        } else if (link != null) {
            link.close(why);
        }
    }

    @Override
    public void closed(String why) {
        realClosed = true;
        if (closeWhy != null || !transport.faults().losesFrom(host)) {
            finish(why);
        }
        // else: the owner does not hear it before the cut ends, or gives the link up itself
    }

    // --- what waits

    private void add(Waiting<F> waiting, F frame) {
        long due = transport.nanos() + transport.faults().delayNanos(host);
        waiting.add(frame, transport.sizeOf(frame), due);
    }

    private void drainReceived() {
        Transport.Listener<F> listener = owner;
        while (listener != null && !ended.get() && !transport.faults().losesFrom(host) && isDue(received)) {
            listener.received(received.take());
        }
    }

    private void drainSent() {
        Transport.Link<F> link = real;
        while (link != null && !transport.faults().losesTo(host) && isDue(sent)) {
            link.send(sent.take());
        }
    }

    /** If it is not, the link is woken when it will be. */
    private boolean isDue(Waiting<F> waiting) {
        if (waiting.isEmpty()) {
            return false;
        }
        long left = waiting.firstDue() - transport.nanos();
        if (left > 0 && !waiting.wakes) {
            waiting.wakes = true;
            transport
                    .loop()
                    .post(() -> transport.loop().after(left, () -> {
                        waiting.wakes = false;
                        wake();
                    }));
        }
        return left <= 0;
    }

    /** Frames in their order, with the time at which each may go on. */
    private static final class Waiting<F> {
        private final ArrayDeque<Frame<F>> frames = new ArrayDeque<>();
        private volatile long bytes;
        /** A wake-up for the first frame is on its way. */
        private volatile boolean wakes;

        private record Frame<F>(F frame, int bytes, long dueNanos) {}

        boolean isEmpty() {
            return frames.isEmpty();
        }

        long firstDue() {
            return frames.element().dueNanos();
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        void add(F frame, int size, long dueNanos) {
            frames.add(new Frame<>(frame, size, dueNanos));
            bytes += size;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        F take() {
            Frame<F> first = frames.remove();
            bytes -= first.bytes();
            return first.frame();
        }
    }
}
