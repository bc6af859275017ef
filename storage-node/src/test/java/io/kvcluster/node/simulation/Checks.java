package io.kvcluster.node.simulation;

import io.kvcluster.history.Action;
import io.kvcluster.history.History;
import io.kvcluster.history.HistoryJudge;
import io.kvcluster.history.Linearizability;
import io.kvcluster.history.NoInventedValues;
import io.kvcluster.history.Verdict;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.ContextToken;
import io.kvcluster.node.version.Dot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides from what clients saw whether every level kept its promise. The first violation is the answer. */
final class Checks {
    private static final HistoryJudge REGISTERS = new HistoryJudge(new NoInventedValues(), new Linearizability());
    private static final HistoryJudge VALUES = new HistoryJudge(new NoInventedValues());
    private static final String CLUSTER_ID = "00000000-0000-4000-8000-000000000001";

    private final List<SimOperation> operations;

    /** No disk was lost and none damaged: what was promised on one disk is still there. */
    private final boolean everyDiskKept;

    Checks(List<SimOperation> operations, boolean everyDiskKept) {
        this.operations = operations;
        this.everyDiskKept = everyDiskKept;
    }

    Optional<String> violation() {
        Optional<String> invented = judge(VALUES, of("ev-", "any-"));
        if (invented.isPresent()) {
            return invented;
        }
        Optional<String> registers = judge(REGISTERS, of("reg-"));
        if (registers.isPresent()) {
            return registers;
        }
        for (SimOperation read : operations) {
            if (read.answeredRead()) {
                Optional<String> wrong = switch (read.key.substring(0, read.key.indexOf('-'))) {
                    case "ev", "any" -> olderThanAcknowledged(read);
                    case "sib" -> wrongSiblings(read);
                    default -> Optional.empty();
                };
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
        }
        return Optional.empty();
    }

    private List<SimOperation> of(String... prefixes) {
        return operations.stream()
                .filter(operation -> List.of(prefixes).stream().anyMatch(operation.key::startsWith))
                .toList();
    }

    private static Optional<String> judge(HistoryJudge judge, List<SimOperation> operations) {
        HistoryJudge.Judgement judgement = judge.judge(
                new History(operations.stream().map(SimOperation::forHistory).toList()));
        return judgement.passed()
                ? Optional.empty()
                : judgement.verdicts().values().stream()
                        .filter(verdict -> !verdict.holds())
                        .map(Verdict::toString)
                        .findFirst();
    }

    // --- LastWriterWins below quorum: order is that of the versions, whatever the clocks said

    /** R + W > N in every ring: a read sees every write acknowledged before it, or a newer version. */
    private Optional<String> olderThanAcknowledged(SimOperation read) {
        if (!read.meetsEveryQuorum()) {
            return Optional.empty();
        }
        boolean last = read.client.equals("last");
        SimOperation newest = null;
        for (SimOperation write : operations) {
            boolean promised = write.meetsEveryQuorum() || (last && everyDiskKept);
            if (write.key.equals(read.key)
                    && write.acknowledged()
                    && promised
                    && write.completed < read.invoked
                    && (newest == null || write.version() > newest.version())) {
                newest = write;
            }
        }
        if (newest == null) {
            return Optional.empty();
        }
        long seen = read.found().isEmpty()
                ? newestDelete(read)
                : read.found().getFirst().version();
        return seen >= newest.version()
                ? Optional.empty()
                : Optional.of(
                        "key " + read.key + ": lost or resurrected: " + read.asked() + " " + read.heard() + " although "
                                + newest.asked() + " was acknowledged before as version "
                                + Long.toHexString(newest.version()));
    }

    /** The greatest version that a delete seen as absence may have; unbounded when the outcome of one is not known. */
    private long newestDelete(SimOperation read) {
        long newest = 0;
        for (SimOperation delete : operations) {
            if (delete.key.equals(read.key)
                    && delete.action instanceof Action.Delete
                    && delete.mayHaveHappened()
                    && delete.invoked < read.completed) {
                newest = Math.max(newest, delete.acknowledged() ? delete.version() : Long.MAX_VALUE);
            }
        }
        return newest;
    }

    // --- Siblings: a value goes when a write that has seen it comes, and not otherwise

    private Optional<String> wrongSiblings(SimOperation read) {
        Map<String, SimOperation> puts = putsOf(read.key);
        for (Outcome.Version version : read.found()) {
            SimOperation put = puts.get(SimOperation.name(version));
            if (put == null || !put.mayHaveHappened()) {
                return Optional.of("key " + read.key + ": " + read.asked() + " " + read.heard() + ": nobody put "
                        + SimOperation.name(version));
            }
            Optional<SimOperation> over = put.acknowledged() ? acknowledgedOver(put, read) : Optional.empty();
            if (over.isPresent()) {
                return Optional.of("key " + read.key + ": resurrected: " + read.asked() + " " + read.heard()
                        + " although " + over.get().asked() + " had replaced " + put.asked());
            }
        }
        if (!read.meetsEveryQuorum()) {
            return Optional.empty();
        }
        for (SimOperation put : puts.values()) {
            boolean missing = put.acknowledged()
                    && put.completed < read.invoked
                    && read.found().stream()
                            .noneMatch(found -> SimOperation.name(found).equals(value(put)));
            if (missing && neverReplaced(put, read)) {
                return Optional.of("key " + read.key + ": lost: " + read.asked() + " " + read.heard() + " although "
                        + put.asked() + " was acknowledged and no write that may have happened had seen it");
            }
        }
        return Optional.empty();
    }

    private Map<String, SimOperation> putsOf(String key) {
        Map<String, SimOperation> puts = new java.util.LinkedHashMap<>();
        for (SimOperation operation : operations) {
            if (operation.key.equals(key) && operation.action instanceof Action.Put put) {
                puts.put(put.value(), operation);
            }
        }
        return puts;
    }

    private static String value(SimOperation put) {
        return ((Action.Put) put.action).value();
    }

    /** A write, acknowledged before the read began, whose context covers the put. */
    private Optional<SimOperation> acknowledgedOver(SimOperation put, SimOperation read) {
        Dot dot = dotOf(put);
        return operations.stream()
                .filter(write -> write.key.equals(put.key)
                        && write.acknowledged()
                        && write.meetsEveryQuorum()
                        && read.meetsEveryQuorum()
                        && write.completed < read.invoked
                        && context(write.context, write.key).covers(dot))
                .findFirst();
    }

    private boolean neverReplaced(SimOperation put, SimOperation read) {
        Dot dot = dotOf(put);
        return operations.stream()
                .noneMatch(write -> write.key.equals(put.key)
                        && write.mayHaveHappened()
                        && write.invoked < read.completed
                        && context(write.context, write.key).covers(dot));
    }

    private final Map<Long, Dot> dots = new HashMap<>();

    /** The answer's context covers the write itself: its entry with the version as stamp names the actor. */
    private Dot dotOf(SimOperation put) {
        return dots.computeIfAbsent(put.id, _ -> {
            Outcome.Applied applied = (Outcome.Applied) java.util.Objects.requireNonNull(put.outcome);
            Actor actor = context(applied.contextToken(), put.key).entries().stream()
                    .filter(entry -> entry.hlc() == applied.version())
                    .map(Context.Entry::actor)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(put.asked() + ": its context does not cover itself"));
            return new Dot(applied.version(), actor);
        });
    }

    private static Context context(byte[] token, String key) {
        return switch (ContextToken.decode(token, CLUSTER_ID, Key.of(key), Long.MAX_VALUE)) {
            case ContextToken.Valid valid -> valid.context();
            case ContextToken.Invalid invalid -> throw new AssertionError(invalid.why());
        };
    }
}
