package io.kvcluster.node.simulation;

import io.kvcluster.history.Action;
import io.kvcluster.history.Operation;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One operation of a client, with all that its client learned. Large values are long only on the wire: here they are their names. */
final class SimOperation {
    /**
     * What is asked for.
     *
     * @param level null for the default of the ring
     * @param ttlMillis of a put; 0 for never
     */
    record Request(String key, Action action, @Nullable ConsistencyLevel level, byte[] context, int ttlMillis) {}

    final long id;
    final String client;
    final String key;
    final Action action;
    final @Nullable ConsistencyLevel level;
    final byte[] context;
    final int ttlMillis;
    final long invoked;
    long completed;

    @Nullable Outcome outcome;

    SimOperation(long id, String client, Request request, long invoked) {
        this.id = id;
        this.client = client;
        this.key = request.key();
        this.action = request.action();
        this.level = request.level();
        this.context = request.context();
        this.ttlMillis = request.ttlMillis();
        this.invoked = invoked;
        this.completed = invoked;
    }

    boolean isWrite() {
        return !(action instanceof Action.Get);
    }

    boolean isDelete() {
        return action instanceof Action.Delete;
    }

    boolean acknowledged() {
        return outcome instanceof Outcome.Applied;
    }

    boolean answeredRead() {
        return outcome instanceof Outcome.Read;
    }

    /** It was, or may have been, applied. */
    boolean mayHaveHappened() {
        return isWrite() && !(outcome instanceof Outcome.NotApplied);
    }

    /** Its outcome was known before the other began. */
    boolean precedes(SimOperation other) {
        return completed < other.invoked;
    }

    /** Of an acknowledged write. */
    long version() {
        return outcome instanceof Outcome.Applied applied ? applied.version() : 0;
    }

    /** The node that coordinated it; empty when that is not known. */
    String servedBy() {
        return switch (outcome) {
            case Outcome.Applied applied -> applied.service().node();
            case Outcome.Read read -> read.service().node();
            case null, default -> "";
        };
    }

    /** Held by R + W > N when it was acknowledged, or asked of so many when it was read. The ring's default is one of these. */
    boolean meetsEveryQuorum() {
        return switch (level) {
            case null -> true;
            case EVENTUAL, QUORUM, ALL -> true;
            case LOCAL, ONE, STRONG -> false;
        };
    }

    /** At a level whose reads are never older than each other. */
    boolean isRegister() {
        return level == ConsistencyLevel.QUORUM || level == ConsistencyLevel.ALL;
    }

    private List<Outcome.Version> siblings() {
        return outcome instanceof Outcome.Read read ? read.siblings() : List.of();
    }

    /** The live values that a read returned; empty for nothing. */
    List<Outcome.Version> found() {
        return siblings().stream().filter(version -> !version.deleted()).toList();
    }

    /** Their names. */
    List<String> names() {
        return found().stream().map(SimOperation::name).toList();
    }

    /** As {@link #names}; of a set that a resolver did not merge yet, what is in it all the same. */
    List<String> elements() {
        return KeyKind.of(key) == KeyKind.SET
                ? names().stream()
                        .flatMap(name -> UnionResolver.names(name).stream())
                        .distinct()
                        .toList()
                : names();
    }

    /** What a register holds, that is its newest version: null when that is a delete, or there is none. */
    @Nullable String register() {
        return siblings().isEmpty() || siblings().getFirst().deleted()
                ? null
                : name(siblings().getFirst());
    }

    /** The newest version that a read showed, also when it is a delete; 0 for none. */
    long newestVersion() {
        return siblings().isEmpty() ? 0 : siblings().getFirst().version();
    }

    String value() {
        return action instanceof Action.Put put ? put.value() : "";
    }

    private static String name(Outcome.Version version) {
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
                String register = register();
                yield register == null
                        ? io.kvcluster.history.Outcome.absent()
                        : io.kvcluster.history.Outcome.found(register);
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
        return "#" + id + " " + what + " " + key + " at "
                + (level == null ? "the default" : level.name().toLowerCase(Locale.ROOT))
                + (ttlMillis > 0 ? " for " + ttlMillis + " ms" : "");
    }

    String heard() {
        return switch (outcome) {
            case null -> "nothing";
            case Outcome.Applied applied -> "applied, version " + Long.toHexString(applied.version());
            case Outcome.Read _ -> names().isEmpty() ? "found nothing" : "found " + names();
            case Outcome.NotApplied refused -> "not applied: " + refused.reason() + " " + refused.message();
            case Outcome.Unknown unknown -> "unknown: " + unknown.reason() + " " + unknown.message();
        };
    }

    /** Both, for a sentence about it. */
    String told() {
        return asked() + " " + heard();
    }
}
