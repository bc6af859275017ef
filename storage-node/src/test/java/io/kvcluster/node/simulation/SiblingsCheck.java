package io.kvcluster.node.simulation;

import io.kvcluster.history.Action;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.ContextToken;
import io.kvcluster.node.version.Dot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A value goes when a write that has seen it comes, and not otherwise. */
final class SiblingsCheck implements KeyCheck {
    private final Map<Long, Dot> dots = new HashMap<>();

    @Override
    public Optional<String> violation(List<SimOperation> operations) {
        Map<String, SimOperation> puts = new LinkedHashMap<>();
        for (SimOperation operation : operations) {
            if (operation.action instanceof Action.Put put) {
                puts.put(put.value(), operation);
            }
        }
        return operations.stream()
                .filter(SimOperation::answeredRead)
                .map(read -> tooMuch(read, puts, operations).or(() -> tooLittle(read, puts, operations)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> tooMuch(SimOperation read, Map<String, SimOperation> puts, List<SimOperation> operations) {
        for (String name : read.names()) {
            SimOperation put = puts.get(name);
            if (put == null || !put.mayHaveHappened()) {
                return Optional.of("key " + read.key + ": " + read.told() + ": nobody put " + name);
            }
            Optional<SimOperation> over =
                    put.acknowledged() ? acknowledgedOver(put, read, operations) : Optional.empty();
            if (over.isPresent()) {
                return Optional.of("key " + read.key + ": resurrected: " + read.told() + " although "
                        + over.get().asked() + " had replaced " + put.asked());
            }
        }
        return Optional.empty();
    }

    private Optional<String> tooLittle(
            SimOperation read, Map<String, SimOperation> puts, List<SimOperation> operations) {
        List<String> found = read.names();
        return !read.meetsEveryQuorum()
                ? Optional.empty()
                : puts.values().stream()
                        .filter(put -> put.acknowledged()
                                && put.precedes(read)
                                && !found.contains(put.value())
                                && neverReplaced(put, read, operations))
                        .findFirst()
                        .map(put -> "key " + read.key + ": lost: " + read.told() + " although " + put.asked()
                                + " was acknowledged and no write that may have happened had seen it");
    }

    /** A write, acknowledged before the read began, whose context covers the put. */
    private Optional<SimOperation> acknowledgedOver(
            SimOperation put, SimOperation read, List<SimOperation> operations) {
        Dot dot = dotOf(put);
        return operations.stream()
                .filter(write -> write.acknowledged()
                        && write.meetsEveryQuorum()
                        && read.meetsEveryQuorum()
                        && write.precedes(read)
                        && context(write.context, write.key).covers(dot))
                .findFirst();
    }

    private boolean neverReplaced(SimOperation put, SimOperation read, List<SimOperation> operations) {
        Dot dot = dotOf(put);
        return operations.stream()
                .noneMatch(write -> write.mayHaveHappened()
                        && write.invoked < read.completed
                        && context(write.context, write.key).covers(dot));
    }

    /** The answer's context covers the write itself: its entry with the version as stamp names the actor. */
    private Dot dotOf(SimOperation put) {
        return dots.computeIfAbsent(put.id, _ -> {
            Outcome.Applied applied = (Outcome.Applied) Objects.requireNonNull(put.outcome);
            Actor actor = context(applied.contextToken(), put.key).entries().stream()
                    .filter(entry -> entry.hlc() == applied.version())
                    .map(Context.Entry::actor)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(put.asked() + ": its context does not cover itself"));
            return new Dot(applied.version(), actor);
        });
    }

    private static Context context(byte[] token, String key) {
        return switch (ContextToken.decode(token, SimOperator.CLUSTER_ID, Key.of(key), Long.MAX_VALUE)) {
            case ContextToken.Valid valid -> valid.context();
            case ContextToken.Invalid invalid -> throw new AssertionError(invalid.why());
        };
    }
}
