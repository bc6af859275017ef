package io.kvcluster.node.simulation;

import io.kvcluster.history.Action;
import io.kvcluster.history.Operation;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One operation of a client, with all that its client learned. Large values are long only on the wire: here they are their names. */
final class SimOperation {
    final long id;
    final String client;
    final String key;
    final Action action;
    final ConsistencyLevel level;
    final byte[] context;
    final long invoked;
    long completed;

    @Nullable Outcome outcome;

    SimOperation(
            long id, String client, String key, Action action, ConsistencyLevel level, byte[] context, long invoked) {
        this.id = id;
        this.client = client;
        this.key = key;
        this.action = action;
        this.level = level;
        this.context = context;
        this.invoked = invoked;
        this.completed = invoked;
    }

    boolean isWrite() {
        return !(action instanceof Action.Get);
    }

    boolean acknowledged() {
        return outcome instanceof Outcome.Applied;
    }

    /** It was, or may have been, applied. */
    boolean mayHaveHappened() {
        return isWrite() && !(outcome instanceof Outcome.NotApplied);
    }

    /** Of an acknowledged write. */
    long version() {
        return outcome instanceof Outcome.Applied applied ? applied.version() : 0;
    }

    /** Held by a majority when it was acknowledged, and asked of one when it was read. */
    boolean meetsEveryQuorum() {
        return switch (level) {
            case EVENTUAL, QUORUM, ALL -> true;
            case LOCAL, ONE, STRONG -> false;
        };
    }

    /** What a read returned; empty for nothing. */
    List<Outcome.Version> found() {
        return outcome instanceof Outcome.Read read
                ? read.siblings().stream().filter(version -> !version.deleted()).toList()
                : List.of();
    }

    boolean answeredRead() {
        return outcome instanceof Outcome.Read;
    }

    static String name(Outcome.Version version) {
        String text = new String(version.value(), StandardCharsets.UTF_8);
        int end = text.indexOf(' ');
        return end < 0 ? text : text.substring(0, end);
    }

    Operation forHistory() {
        return new Operation(id, client, key, action, outcomeForHistory(), invoked, completed);
    }

    private io.kvcluster.history.Outcome outcomeForHistory() {
        return switch (outcome) {
            case null -> io.kvcluster.history.Outcome.unknown("never answered");
            case Outcome.Applied _ -> io.kvcluster.history.Outcome.applied();
            case Outcome.Read _ -> {
                List<Outcome.Version> found = found();
                yield found.isEmpty()
                        ? io.kvcluster.history.Outcome.absent()
                        : io.kvcluster.history.Outcome.found(name(found.getFirst()));
            }
            case Outcome.NotApplied refused ->
                io.kvcluster.history.Outcome.notApplied(refused.reason().name());
            case Outcome.Unknown unknown ->
                io.kvcluster.history.Outcome.unknown(unknown.reason().name());
        };
    }

    String asked() {
        String what = switch (action) {
            case Action.Get _ -> "get";
            case Action.Put put -> "put " + put.value();
            case Action.Delete _ -> "delete";
        };
        return "#" + id + " " + what + " " + key + " at " + level.name().toLowerCase(java.util.Locale.ROOT);
    }

    String heard() {
        return switch (outcome) {
            case null -> "nothing";
            case Outcome.Applied applied -> "applied, version " + Long.toHexString(applied.version());
            case Outcome.Read _ ->
                found().isEmpty()
                        ? "found nothing"
                        : "found " + found().stream().map(SimOperation::name).toList();
            case Outcome.NotApplied refused -> "not applied: " + refused.reason() + " " + refused.message();
            case Outcome.Unknown unknown -> "unknown: " + unknown.reason() + " " + unknown.message();
        };
    }
}
