package io.kvcluster.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One address and the connections to it. It becomes suspect by a failure that points at it, or by silence while requests
 * wait, and is trusted again after it has answered a probe: so a paused process costs a client one short stall, not one
 * for each request. Any thread.
 */
final class Node {
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MAX_NUDGE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long MIN_NUDGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Address address;
    private final List<Lane> lanes;
    private final LongSupplier nanoTime;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile long lastSign;
    private volatile boolean suspect;
    private volatile long nudgeAt;
    private volatile long nudgeDelay = MIN_NUDGE_NANOS;

    Node(Address address, List<Connection> connections, LongSupplier nanoTime) {
        this.address = address;
        this.lanes = connections.stream()
                .map(connection -> new Lane(connection, nanoTime))
                .toList();
        this.nanoTime = nanoTime;
        this.lastSign = nanoTime.getAsLong();
        this.nudgeAt = lastSign;
    }

    Address address() {
        return address;
    }

    private Lane lane() {
        return lanes.size() == 1 ? lanes.getFirst() : lanes.get(Math.floorMod(next.getAndIncrement(), lanes.size()));
    }

    /**
     * One request, over the session if there is one that takes it.
     *
     * @param then called exactly once, on a network thread or on the caller's
     */
    <Q, R> void send(MethodDescriptor<Q, R> method, Q request, long timeoutNanos, Consumer<UnaryCall.Answer<R>> then) {
        Lane lane = lane();
        Session session = lane.session(this);
        if (session == null || !session.offer(request, timeoutNanos, then)) {
            UnaryCall.send(this, lane.channel(), method, request, timeoutNanos, then);
        }
    }

    /** Connected and trusted. */
    boolean isGood() {
        return isReady() && !suspect && !isSilent();
    }

    /** A connection stands, as far as this side knows. */
    boolean isReady() {
        return lanes.getFirst().channel().getState(false) == ConnectivityState.READY;
    }

    /** Others are preferred until it answers a probe. */
    void distrust() {
        suspect = true;
    }

    /** A request is about to leave. */
    void asked() {
        if (waiting.getAndIncrement() == 0) {
            lastSign = nanoTime.getAsLong();
        }
    }

    /** @param byNode the node itself said something; false when the attempt ended without a word from it */
    void ended(boolean byNode) {
        waiting.getAndDecrement();
        if (byNode) {
            lastSign = nanoTime.getAsLong();
        }
    }

    /** Whether a probe is due; the caller then sends one and calls {@link #probed}. */
    boolean beginProbe() {
        suspect |= isSilent();
        return suspect && isReady() && probing.compareAndSet(false, true);
    }

    void probed(boolean answered) {
        suspect &= !answered;
        probing.set(false);
    }

    private boolean isSilent() {
        return waiting.get() > 0 && nanoTime.getAsLong() - lastSign > SILENCE_NANOS;
    }

    /** Connects what is idle, and cuts short the wait of what failed to connect: each second at first, then ever rarer. */
    void nudge() {
        long now = nanoTime.getAsLong();
        boolean due = now - nudgeAt >= 0;
        for (Lane lane : lanes) {
            ManagedChannel channel = lane.channel();
            if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE && due) {
                channel.resetConnectBackoff();
            }
        }
        if (isReady()) {
            nudgeSoon();
        } else if (due) {
            nudgeAt = now + nudgeDelay;
            nudgeDelay = Math.min(2 * nudgeDelay, MAX_NUDGE_NANOS);
        }
    }

    /** There is a reason to think that it is back. */
    void nudgeSoon() {
        nudgeDelay = MIN_NUDGE_NANOS;
        nudgeAt = nanoTime.getAsLong();
    }

    /** What is in flight may finish. */
    void retire() {
        lanes.forEach(Lane::retire);
    }

    void close() {
        lanes.forEach(lane -> lane.channel().shutdownNow());
    }

    /** After {@link #close}: until its connections are gone, or the time is over. */
    void awaitClosed(long nanos) throws InterruptedException {
        for (Lane lane : lanes) {
            boolean _ = lane.channel().awaitTermination(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
