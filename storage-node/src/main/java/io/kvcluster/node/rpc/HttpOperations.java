package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for outcomes on the request's own virtual thread. */
final class HttpOperations {
    /** The handler answers by the deadline plus a little; a handler that does not has a bug, and the client is not kept for it. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final CommandHandler handler;
    private final Deadlines deadlines;

    HttpOperations(CommandHandler handler, Deadlines deadlines) {
        this.handler = handler;
        this.deadlines = deadlines;
    }

    Outcome run(Command command) {
        CompletableFuture<Outcome> done = new CompletableFuture<>();
        handler.handle(command, done::complete);
        return await(done, command.deadlineNanos(), late());
    }

    List<Outcome> run(List<Command> commands) {
        CompletableFuture<List<Outcome>> done = new CompletableFuture<>();
        BatchRun.start(handler, commands, done::complete);
        List<Outcome> allLate = commands.stream().map(command -> late()).toList();
        return await(done, commands.getFirst().deadlineNanos(), allLate);
    }

    KeyLister.Answer list(KeyLister keys, KeyLister.Question question, long arrivedNanos) {
        CompletableFuture<KeyLister.Answer> done = new CompletableFuture<>();
        keys.list(question, done::complete);
        long deadline = arrivedNanos + TimeUnit.MILLISECONDS.toNanos(Limits.DEFAULT_DEADLINE_MILLIS);
        return await(
                done,
                deadline,
                new KeyLister.Answer.Refused(new Outcome.NotApplied(Reason.TIMEOUT, true, "no page by the deadline")));
    }

    private <T> T await(CompletableFuture<T> done, long deadlineNanos, T late) {
        try {
            return done.get(Math.max(0, deadlines.leftNanos(deadlineNanos)) + PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return late;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return late;
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private static Outcome late() {
        return new Outcome.Unknown(Reason.TIMEOUT, "no outcome by the deadline");
    }
}
