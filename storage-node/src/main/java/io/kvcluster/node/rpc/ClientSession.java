package io.kvcluster.node.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.RefusedException;
import io.kvcluster.node.wire.Sessions;
import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionAnswers;
import io.kvcluster.proto.kv.SessionRequest;
import io.kvcluster.proto.kv.SessionRequests;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One client's session: requests as they come, answers in the order of their ends, batched by turns of the call's event loop.
 * Answers come from any thread; all else happens on that loop.
 *
 * <p>Bounds: no message is read while {@link #WINDOW} requests wait for their answers to be sent, or {@link #UNSENT_BYTES} of
 * answers wait for the client to take them; what a read would then still add is refused as OVERLOADED.
 */
final class ClientSession extends ServerCall.Listener<SessionRequests> {
    static final int WINDOW = 1_024;
    static final long UNSENT_BYTES = 16L * 1024 * 1024;
    private static final int MESSAGE_BYTES = 256 * 1024;
    private static final int READY_BYTES = 512 * 1024;

    private final ServerCall<SessionRequests, SessionAnswers> call;
    private final EventLoop eventLoop;
    private final Admission admission;
    private final CommandHandler handler;
    private final Deadlines deadlines;
    private final Consumer<ClientSession> onEnd;

    private final ConcurrentLinkedQueue<SessionAnswer> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicBoolean awake = new AtomicBoolean();

    private boolean reading;
    private boolean closing;
    private boolean halfClosed;
    private boolean ended;

    ClientSession(
            ServerCall<SessionRequests, SessionAnswers> call,
            EventLoop eventLoop,
            Admission admission,
            CommandHandler handler,
            Deadlines deadlines,
            Consumer<ClientSession> onEnd) {
        this.call = call;
        this.eventLoop = eventLoop;
        this.admission = admission;
        this.handler = handler;
        this.deadlines = deadlines;
        this.onEnd = onEnd;
    }

    /** After the session was admitted. */
    void begin() {
        call.setOnReadyThreshold(READY_BYTES);
        call.sendHeaders(new Metadata());
        readOn();
    }

    /** Asks the client to end it; the call ends when all that was asked is answered. Any thread. */
    void close() {
        execute(() -> {
            if (!ended && !closing) {
                closing = true;
                call.sendMessage(SessionAnswers.newBuilder().setClosing(true).build());
            }
        });
    }

    // --- requests --------------------------------------------------------------------------------------------------

    @Override
    public void onMessage(SessionRequests message) {
        reading = false;
        open.addAndGet(message.getRequestsCount());
        for (SessionRequest request : message.getRequestsList()) {
            start(request);
        }
        readOn();
    }

    private void readOn() {
        if (!reading && !halfClosed && open.get() < WINDOW && unsent.get() < UNSENT_BYTES) {
            reading = true;
            call.request(1);
        }
    }

    private void start(SessionRequest request) {
        long id = request.getId();
        Admission.Verdict verdict = admission.enter();
        if (verdict != Admission.Verdict.ADMITTED) {
            answer(refused(id, verdict));
            return;
        }
        long bytes = Sessions.size(request);
        if (!admission.take(bytes)) {
            admission.leave(0);
            answer(refused(id, Admission.Verdict.OVERLOADED));
            return;
        }
        try {
            Command command = Sessions.decode(request, deadline(request));
            long callerEpoch = Sessions.callerEpoch(request);
            boolean read = command instanceof Command.Get;
            handler.handle(command, outcome -> {
                admission.leave(bytes);
                answer(Sessions.encode(id, outcome, callerEpoch, read));
            });
        } catch (RefusedException wrong) {
            admission.leave(bytes);
            answer(Sessions.refusal(id, wrong));
        }
    }

    private long deadline(SessionRequest request) {
        return request.getDeadlineMillis() == 0
                ? deadlines.standard()
                : deadlines.within(TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(request.getDeadlineMillis())));
    }

    private static SessionAnswer refused(long id, Admission.Verdict verdict) {
        boolean closed = verdict == Admission.Verdict.CLOSED;
        return Sessions.encode(
                id,
                new Outcome.NotApplied(
                        closed ? Reason.SHUTTING_DOWN : Reason.OVERLOADED,
                        true,
                        closed ? "this node is shutting down" : "this node has as many requests under way as it takes"),
                0,
                false);
    }

    // --- answers ---------------------------------------------------------------------------------------------------

    /** Any thread. */
    private void answer(SessionAnswer answer) {
        SessionAnswer kept = answer;
        if (answer.hasGot() && unsent.get() >= UNSENT_BYTES) {
            kept = refused(answer.getId(), Admission.Verdict.OVERLOADED);
        }
        unsent.addAndGet(kept.getSerializedSize());
        waiting.add(kept);
        if (!awake.get() && awake.compareAndSet(false, true)) {
            execute(this::flush);
        }
    }

    @Override
    public void onReady() {
        flush();
    }

    private void flush() {
        do {
            while (!waiting.isEmpty()) {
                if (ended) {
                    drop();
                } else if (call.isReady()) {
                    call.sendMessage(next());
                } else {
                    return; // stays awake: onReady or the end of the call comes back here
                }
            }
            awake.set(false);
        } while (!waiting.isEmpty() && awake.compareAndSet(false, true));
        readOn();
        finish();
    }

    private SessionAnswers next() {
        SessionAnswers.Builder message = SessionAnswers.newBuilder();
        long bytes = 0;
        int count = 0;
        while (bytes < MESSAGE_BYTES) {
            SessionAnswer answer = waiting.poll();
            if (answer == null) {
                break;
            }
            bytes += answer.getSerializedSize();
            count++;
            message.addAnswers(answer);
        }
        open.addAndGet(-count);
        unsent.addAndGet(-bytes);
        return message.build();
    }

    private void drop() {
        for (SessionAnswer answer = waiting.poll(); answer != null; answer = waiting.poll()) {
            open.decrementAndGet();
            unsent.addAndGet(-answer.getSerializedSize());
        }
    }

    // --- its end ---------------------------------------------------------------------------------------------------

    @Override
    public void onHalfClose() {
        halfClosed = true;
        finish();
    }

    private void finish() {
        if (halfClosed && !ended && open.get() == 0) {
            ended = true;
            call.close(Status.OK, new Metadata());
        }
    }

    @Override
    public void onCancel() {
        over();
    }

    @Override
    public void onComplete() {
        over();
    }

    private void over() {
        ended = true;
        onEnd.accept(this);
        flush();
    }

    private void execute(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException stopping) {
            // the node ends: its connections are gone
        }
    }
}
