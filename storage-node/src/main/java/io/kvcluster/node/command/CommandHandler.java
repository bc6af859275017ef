package io.kvcluster.node.command;

import java.util.function.Consumer;

/** Takes commands whose limits were checked. */
public interface CommandHandler {
    /**
     * Any thread; returns at once. {@code done} hears exactly one outcome, possibly before this returns and on any of the
     * node's threads, so it must not block. The outcome comes by the command's deadline plus a little.
     */
    void handle(Command command, Consumer<Outcome> done);
}
