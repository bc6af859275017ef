package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Outcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The operations of one batch: independent, so a window of them is under way at once, in no promised order; each ends by
 * itself. Outcomes come back on any thread, also before {@code handle} returns, therefore the next operations are started by a
 * loop of one thread at a time, never by recursion.
 */
final class BatchRun {
    private final CommandHandler handler;
    private final List<Command> commands;
    private final Consumer<List<Outcome>> done;
    private final AtomicReferenceArray<Outcome> outcomes;
    private final AtomicInteger waiting;
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
                handler.handle(commands.get(index), outcome -> ended(index, outcome));
            }
        } while (granted.addAndGet(-made) != 0);
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
