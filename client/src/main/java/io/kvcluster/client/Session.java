package io.kvcluster.client;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.proto.kv.DeleteRequest;
import io.kvcluster.proto.kv.GetRequest;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionAnswers;
import io.kvcluster.proto.kv.SessionRequest;
import io.kvcluster.proto.kv.SessionRequests;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One long call to a node that carries many operations: what is asked in one turn of the network thread leaves in one
 * message. Requests come from any thread, all else happens on that thread. Says of each request, as a call of its own
 * would, whether it may have been applied: until it was handed to the connection it certainly was not, and a call
 * is handed nothing before the server has opened it.
 */
final class Session extends ClientCall.Listener<SessionAnswers> {
    private static final int MESSAGE_BYTES = 256 << 10;
    /** A larger request goes alone: the server refuses what is over its limits, and that must not end the session. */
    private static final int MOST_REQUEST_BYTES = 1 << 20;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private enum State {
        OPENING,
        OPEN,
        ENDING,
        ENDED
    }

    private final Lane lane;
    private final Node node;
    private final EventLoop turns;
    private final LongSupplier nanoTime;
    private final ConcurrentLinkedQueue<Asked> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile State state = State.OPENING;

    // On the network thread.
    private final AskedTable asked = new AskedTable();
    private final ClientCall<SessionRequests, SessionAnswers> call;
    private boolean looking;

    Session(Lane lane, Node node, EventLoop turns, LongSupplier nanoTime) {
        this.lane = lane;
        this.node = node;
        this.turns = turns;
        this.nanoTime = nanoTime;
        this.call = lane.channel().newCall(KvServiceGrpc.getSessionMethod(), CallOptions.DEFAULT);
    }

    void start() {
        onNetworkThread(() -> {
            call.start(this, new Metadata());
            call.request(1);
        });
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Takes nothing more; what was asked is answered before the call ends. Any thread. */
    void end() {
        boolean _ = onNetworkThread(() -> {
            switch (state) {
                case OPENING -> call.cancel("not wanted any longer", null);
                case OPEN -> halfClose();
                case ENDING, ENDED -> {}
            }
        });
    }

    /**
     * Any thread.
     *
     * @param then called exactly once, on the network thread, when this returns true
     * @return false when it is not for a session, or this one takes none now: then nothing was done
     */
    <R> boolean offer(Object request, long timeoutNanos, Consumer<UnaryCall.Answer<R>> then) {
        if (!isOpen()
                || !(request instanceof MessageLite message)
                || message.getSerializedSize() > MOST_REQUEST_BYTES) {
            return false;
        }
        SessionRequest.Builder wrapped = SessionRequest.newBuilder();
        SessionAnswer.OutcomeCase expected;
        switch (request) {
            case GetRequest get -> {
                wrapped.setGet(get);
                expected = SessionAnswer.OutcomeCase.GOT;
            }
            case PutRequest put -> {
                wrapped.setPut(put);
                expected = SessionAnswer.OutcomeCase.WRITTEN;
            }
            case DeleteRequest delete -> {
                wrapped.setDelete(delete);
                expected = SessionAnswer.OutcomeCase.WRITTEN;
            }
            default -> {
                return false;
            }
        }
        node.asked();
        queue.add(new Asked(wrapped, expected, nanoTime.getAsLong() + timeoutNanos, untyped(then)));
        wake();
        return true;
    }

    /** The response is of type R because its case is the expected one. */
    @SuppressWarnings("unchecked")
    private static <R> Consumer<UnaryCall.Answer<Object>> untyped(Consumer<UnaryCall.Answer<R>> then) {
        return (Consumer<UnaryCall.Answer<Object>>) (Consumer<?>) then;
    }

    private void wake() {
        if (!awake.get() && awake.compareAndSet(false, true) && !onNetworkThread(this::flush)) {
            state = State.ENDED;
            flush(); // the client is closed and its threads are gone: nobody else looks into the queue
        }
    }

    private boolean onNetworkThread(Runnable task) {
        try {
            turns.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    // --- on the network thread: sending -----------------------------------------------------------------------------

    private void flush() {
        do {
            while (!queue.isEmpty()) {
                if (state != State.OPEN) {
                    refuseQueued();
                } else if (call.isReady()) {
                    call.sendMessage(nextMessage());
                } else {
                    look();
                    return; // stays awake: onReady or onClose comes back here
                }
            }
            awake.set(false);
        } while (!queue.isEmpty() && awake.compareAndSet(false, true));
    }

    private SessionRequests nextMessage() {
        SessionRequests.Builder message = SessionRequests.newBuilder();
        long now = nanoTime.getAsLong();
        for (int bytes = 0; bytes < MESSAGE_BYTES; ) {
            Asked next = queue.poll();
            if (next == null) {
                break;
            }
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.deadline - now));
            SessionRequest request = next.request
                    .setId(asked.add(next))
                    .setDeadlineMillis((int) Math.min(Integer.MAX_VALUE, millis))
                    .build();
            bytes += request.getSerializedSize();
            message.addRequests(request);
        }
        look();
        return message.build();
    }

    private void refuseQueued() {
        for (Asked next = queue.poll(); next != null; next = queue.poll()) {
            boolean broken = state == State.ENDED;
            next.missed(
                    new CallFailure(
                            ClientReason.NODE_UNREACHABLE.name(),
                            "cannot reach " + node + ": its session ended",
                            true,
                            true,
                            broken),
                    node);
        }
    }

    /** Ends what nobody waits for any longer; again as long as something is asked. */
    private void look() {
        if (!looking) {
            looking = true;
            turns.schedule(
                    () -> {
                        looking = false;
                        expire(nanoTime.getAsLong());
                        if (!asked.isEmpty() || !queue.isEmpty()) {
                            look();
                        }
                    },
                    LOOK_NANOS,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void expire(long now) {
        asked.removeDue(now, late -> late.missed(tooLate(true), node));
        for (Iterator<Asked> all = queue.iterator(); all.hasNext(); ) {
            Asked next = all.next();
            if (next.deadline - now <= 0) {
                all.remove();
                next.missed(tooLate(false), node);
            }
        }
    }

    private CallFailure tooLate(boolean sent) {
        return CallFailure.of(
                Status.DEADLINE_EXCEEDED.withDescription("not within the time given"),
                new Metadata(),
                sent,
                node.toString());
    }

    // --- on the network thread: hearing -----------------------------------------------------------------------------

    @Override
    public void onHeaders(Metadata headers) {
        state = State.OPEN;
    }

    @Override
    public void onReady() {
        flush();
    }

    @Override
    public void onMessage(SessionAnswers message) {
        for (SessionAnswer answer : message.getAnswersList()) {
            Asked waiting = asked.remove(answer.getId());
            if (waiting != null) {
                answered(waiting, answer);
            }
        }
        if (message.getClosing() && state == State.OPEN) {
            node.distrust(); // it stops
            halfClose();
        }
        call.request(1);
    }

    private void halfClose() {
        state = State.ENDING;
        call.halfClose();
        flush();
    }

    private void answered(Asked waiting, SessionAnswer answer) {
        if (answer.getOutcomeCase() == waiting.expected) {
            waiting.got(answer.hasGot() ? answer.getGot() : answer.getWritten(), node);
        } else if (answer.hasFailure()) {
            waiting.missed(CallFailure.ofSession(answer.getFailure()), node);
        } else {
            waiting.missed(
                    new CallFailure(
                            ClientReason.PROTOCOL.name(), node + " gave an answer of another kind", false, true, true),
                    node);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!turns.inEventLoop() && onNetworkThread(() -> over(status))) {
            return;
        }
        over(status);
    }

    private void over(Status status) {
        state = State.ENDED;
        lane.ended(this, status.getCode() == Status.Code.UNIMPLEMENTED);
        Status why = status.isOk() ? Status.UNAVAILABLE.withDescription("the session ended") : status;
        CallFailure failure = CallFailure.of(why, new Metadata(), true, node.toString());
        asked.removeAll(lost -> lost.missed(failure, node));
        flush();
    }
}
