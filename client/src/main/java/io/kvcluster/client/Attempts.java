package io.kvcluster.client;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One operation of one key, from its first attempt to its outcome. A write is attempted again only after an attempt that
 * certainly had no effect, so it takes effect at most once; a read is attempted again after anything that may pass, and
 * gives each node but the last chance only half of the time that is left.
 */
final class Attempts<Q, R, O> {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final long SHORTEST_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long FAIR_WRITE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_ATTEMPTS = 10_000;

    private final Engine engine;
    private final MethodDescriptor<Q, R> method;
    private final Target target;
    private final LongFunction<Q> request;
    private final Function<R, O> done;
    private final Function<CallFailure, O> failed;
    private final Kind kind;
    private final long begin;
    private final long deadline;
    private final CompletableFuture<O> outcome = new CompletableFuture<>();
    private Set<Node> tried = Set.of();
    private @Nullable CallFailure earlier;
    private int attempts;

    enum Kind {
        READ,
        WRITE
    }

    /** Which node an attempt goes to. */
    interface Target {
        Node choose(Set<Node> tried);

        /** Whether another attempt can go to another node. */
        boolean hasAlternatives();
    }

    /**
     * @param request makes the message from the epoch of the client's ring
     * @param failed makes the outcome of the last failure
     */
    Attempts(
            Engine engine,
            Kind kind,
            MethodDescriptor<Q, R> method,
            Target target,
            Duration timeout,
            LongFunction<Q> request,
            Function<R, O> done,
            Function<CallFailure, O> failed) {
        this.engine = engine;
        this.kind = kind;
        this.method = method;
        this.target = target;
        this.request = request;
        this.done = done;
        this.failed = failed;
        this.begin = engine.nanoTime();
        this.deadline = begin + timeout.toNanos();
    }

    /** Call once. The future never fails; its continuations run on a network thread and must not block. */
    CompletableFuture<O> start() {
        attempt();
        return outcome;
    }

    private void attempt() {
        attempts++;
        long left = Math.max(1, deadline - engine.nanoTime());
        long given = kind == Kind.READ && target.hasAlternatives() && left / 2 > SHORTEST_READ_NANOS ? left / 2 : left;
        Q message = request.apply(engine.nodes().topology().epoch());
        target.choose(tried).send(method, message, given, this::answered);
    }

    private void answered(UnaryCall.Answer<R> answer) {
        switch (answer) {
            case UnaryCall.Answer.Got(R response, Node _) -> outcome.complete(done.apply(response));
            case UnaryCall.Answer.Missed(CallFailure failure, Node node) -> missed(failure, node);
        }
    }

    private void missed(CallFailure failure, Node node) {
        engine.discovery().heard(failure.ringEpoch(), node);
        if (failure.nodeSuspect()) {
            node.distrust();
            engine.discovery().want();
        }
        boolean safe = kind == Kind.READ || failure.nothingApplied();
        long pause = engine.pauseNanos(FIRST_PAUSE, LONGEST_PAUSE, attempts);
        boolean time = deadline - engine.nanoTime() - pause > fairNanos();
        if (!failure.retryable() || !safe || !time || attempts >= MOST_ATTEMPTS) {
            CallFailure best = mostTelling(failure);
            outcome.complete(failed.apply(attempts == 1 ? best : summary(best)));
            return;
        }
        earlier = failure;
        boolean elsewhere = target.hasAlternatives() && !tried.contains(node);
        tried = with(node);
        again(elsewhere && attempts <= 2 ? 0 : pause, failure);
    }

    /** Of a read cut off by its deadline, what the attempt before had been told says more. */
    private CallFailure mostTelling(CallFailure last) {
        CallFailure before = earlier;
        boolean cutOff = kind == Kind.READ && last.reason().equals(ClientReason.NO_ANSWER.name());
        return cutOff && before != null ? before : last;
    }

    /** A write that is sent just before its deadline would turn what is certainly not applied into unknown. */
    private long fairNanos() {
        return kind == Kind.READ ? 0 : Math.min(FAIR_WRITE_NANOS, (deadline - begin) / 3);
    }

    /** At once when another node may do better; each node has its turn before the pauses begin. */
    private void again(long pauseNanos, CallFailure last) {
        if (attempts % 8 == 0) {
            tried = Set.of();
        }
        try {
            engine.timer().schedule(this::attempt, pauseNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            outcome.complete(failed.apply(new CallFailure(
                    ClientReason.CLIENT_CLOSED.name(), "the client was closed", last.nothingApplied(), false, false)));
        }
    }

    private Set<Node> with(Node node) {
        Set<Node> more = new HashSet<>(tried);
        more.add(node);
        return more;
    }

    private CallFailure summary(CallFailure last) {
        double seconds = (engine.nanoTime() - begin) / 1e9;
        return last.withMessage(
                String.format(Locale.ROOT, "%s (%d attempts in %.1f s)", last.message(), attempts, seconds));
    }
}
