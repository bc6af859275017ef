package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A handler that throws has a bug: the client hears that nobody knows, the log hears what it was. */
record GuardedHandler(CommandHandler handler) implements CommandHandler {
    private static final Logger log = LoggerFactory.getLogger(GuardedHandler.class);

    @Override
    public void handle(Command command, Consumer<Outcome> done) {
        try {
            handler.handle(command, done);
        } catch (RuntimeException bug) {
            log.error("event=command_failed request_id={}", command.requestId(), bug);
            done.accept(new Outcome.Unknown(Reason.INTERNAL, "this node met an error of its own; its log tells more"));
        }
    }
}
