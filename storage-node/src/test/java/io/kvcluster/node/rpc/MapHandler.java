package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** A store that is a map: what room rpc hands commands to in its tests. Can be told to answer otherwise, later, or never. */
final class MapHandler implements CommandHandler {
    static final Outcome.Service SERVICE = new Outcome.Service("demo-0", ConsistencyLevel.QUORUM, 2, 7);

    final Map<Key, byte[]> values = new ConcurrentHashMap<>();
    final Queue<Command> seen = new ConcurrentLinkedQueue<>();
    private final AtomicLong versions = new AtomicLong(1L << 60);
    private volatile BiConsumer<Command, Consumer<Outcome>> behaviour = this::serve;

    @Override
    public void handle(Command command, Consumer<Outcome> done) {
        seen.add(command);
        behaviour.accept(command, done);
    }

    void answer(Outcome outcome) {
        behaviour = (_, done) -> done.accept(outcome);
    }

    void behave(BiConsumer<Command, Consumer<Outcome>> how) {
        behaviour = how;
    }

    void reset() {
        behaviour = this::serve;
        seen.clear();
        values.clear();
    }

    /** Another than the usual outcome for some commands. */
    void when(Function<Command, Outcome> usual) {
        behaviour = (command, done) -> {
            Outcome outcome = usual.apply(command);
            if (outcome == null) {
                serve(command, done);
            } else {
                done.accept(outcome);
            }
        };
    }

    private void serve(Command command, Consumer<Outcome> done) {
        done.accept(
                switch (command) {
                    case Command.Get get -> {
                        byte[] value = values.get(get.key());
                        yield value == null
                                ? new Outcome.Read(List.of(), new byte[] {9, 9}, SERVICE)
                                : new Outcome.Read(
                                        List.of(new Outcome.Version(1L << 60, value, false)),
                                        new byte[] {1, 2},
                                        SERVICE);
                    }
                    case Command.Put put -> {
                        values.put(put.key(), put.value());
                        yield new Outcome.Applied(versions.incrementAndGet(), new byte[] {1, 2}, SERVICE);
                    }
                    case Command.Delete delete -> {
                        values.remove(delete.key());
                        yield new Outcome.Applied(versions.incrementAndGet(), new byte[] {3}, SERVICE);
                    }
                });
    }
}
