package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.util.Arrays;
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
final class MapHandler implements CommandHandler, KeyLister {
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

    /** All keys are in partition 0; this node has no copy of the others. */
    @Override
    public void list(Question question, Consumer<Answer> done) {
        if (question.partition() > 0) {
            done.accept(new Answer.Refused(new Outcome.NotApplied(Reason.NOT_A_REPLICA, false, "no copy")));
            return;
        }
        List<Key> following = values.keySet().stream()
                .sorted((a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()))
                .filter(key -> question.after().isEmpty()
                        || Arrays.compareUnsigned(
                                        key.bytes(), question.after().get().bytes())
                                > 0)
                .toList();
        done.accept(new Answer.Page(
                following.subList(0, Math.min(question.limit(), following.size())),
                following.size() <= question.limit(),
                7));
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
