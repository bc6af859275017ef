package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The operations of one batch: independent, so a window of them is under way at once, in no promised order; each ends by
 * itself. Outcomes come back on any thread, also before {@code handle} returns, therefore the next operations are started by a
 * loop of one thread at a time, never by recursion. What the reads of a batch may return together is bounded as what its writes
 * may carry is: the rest is to be read one by one.
 */
final class BatchRun {
    private static final Outcome READS_TOO_MUCH = new Outcome.NotApplied(
            Reason.BATCH_TOO_LARGE,
            false,
            "the values read by this batch have more than " + Limits.BATCH_BYTES + " bytes; read this key alone");

    private final CommandHandler handler;
    private final List<Command> commands;
    private final Consumer<List<Outcome>> done;
    private final AtomicReferenceArray<Outcome> outcomes;
    private final AtomicInteger waiting;
    private final AtomicLong readBytes = new AtomicLong();
    /** Starts that were granted and not yet made; who raises it from 0 makes them. */
    private final AtomicInteger granted = new AtomicInteger();
    /** Written only by the one who makes the starts. */
    private int next;

    private BatchRun(CommandHandler handler, List<Command> commands, Consumer<List<Outcome>> done) {
        this.handler = handler;
        this.commands = commands;
        this.done = done;
        this.outcomes = new AtomicReferenceArray<>(commands.size());
        this.waiting = new AtomicInteger(commands.size());
    }

    /** @param done hears the outcomes once, in the order of the commands, on any thread; must not block */
    static void start(CommandHandler handler, List<Command> commands, Consumer<List<Outcome>> done) {
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("an empty batch has no last outcome");
        }
        new BatchRun(handler, commands, done).grant(RpcLimits.BATCH_WINDOW);
    }

    private void grant(int starts) {
        if (granted.getAndAdd(starts) != 0) {
            return;
        }
        int made;
        do {
            made = granted.get();
            for (int i = 0; i < made && next < commands.size(); i++) {
                int index = next++;
                start(index, commands.get(index));
            }
        } while (granted.addAndGet(-made) != 0);
    }

    private void start(int index, Command command) {
        if (command instanceof Command.Get && readBytes.get() > Limits.BATCH_BYTES) {
            ended(index, READS_TOO_MUCH);
        } else {
            handler.handle(command, outcome -> ended(index, bounded(outcome)));
        }
    }

    private Outcome bounded(Outcome outcome) {
        if (!(outcome instanceof Outcome.Read read)) {
            return outcome;
        }
        long size = read.contextToken().length;
        for (Outcome.Version sibling : read.siblings()) {
            size += sibling.value().length;
        }
        return readBytes.addAndGet(size) > Limits.BATCH_BYTES ? READS_TOO_MUCH : outcome;
    }

    private void ended(int index, Outcome outcome) {
        outcomes.set(index, outcome);
        if (waiting.decrementAndGet() == 0) {
            done.accept(inOrder());
        } else {
            grant(1);
        }
    }

    private List<Outcome> inOrder() {
        Outcome[] all = new Outcome[outcomes.length()];
        for (int i = 0; i < all.length; i++) {
            all[i] = outcomes.get(i);
        }
        return List.of(all);
    }
}
