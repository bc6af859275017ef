package io.kvcluster.node.replica;

import io.kvcluster.node.replica.Change.Decision;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import io.kvcluster.node.version.Sibling;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What arriving records and clients' writes make of what a replica holds, under the conflict policy in force. */
public final class Merging {
    private final Supplier<ConflictPolicy> policies;
    private final Stamps stamps;
    private final ReplicaEvents events;

    public Merging(Supplier<ConflictPolicy> policies, Stamps stamps, ReplicaEvents events) {
        this.policies = policies;
        this.stamps = stamps;
        this.events = events;
    }

    /** Not under last-writer-wins, where a later stamp replaces what was before it, also what was never held here. */
    boolean keepsWhatIsUnseen() {
        return !policies.get().equals(ConflictPolicy.LAST_WRITER_WINS);
    }

    KeyRecord join(KeyRecord one, KeyRecord other) {
        return policies.get().merge(one, other).record();
    }

    /** @param encoded of the incoming record, used again when it is stored as it came */
    Change ofIncoming(KeyRecord incoming, byte[] encoded) {
        return (meta, full) -> {
            if (meta == null) {
                return new Decision.Append(incoming, encoded);
            }
            ConflictPolicy policy = policies.get();
            if (full != null) {
                return afterMerge(full, policy.merge(full, incoming), incoming, encoded);
            }
            return switch (policy.merge(meta, incoming)) {
                case ConflictPolicy.MetaMerge.CurrentCovers covers -> {
                    events.discarded(covers.discarded());
                    yield Decision.Covered.COVERED;
                }
                case ConflictPolicy.MetaMerge.IncomingWins wins -> append(wins.merged(), incoming, encoded);
                case ConflictPolicy.MetaMerge.NeedsBoth _ -> Decision.NeedsValues.NEEDS_VALUES;
            };
        };
    }

    private Decision afterMerge(KeyRecord held, ConflictPolicy.Merged merged, KeyRecord incoming, byte[] encoded) {
        if (merged.record().equals(held)) {
            count(merged);
            return Decision.Covered.COVERED;
        }
        return append(merged, incoming, encoded);
    }

    private Decision append(ConflictPolicy.Merged merged, KeyRecord incoming, byte[] encoded) {
        count(merged);
        KeyRecord record = merged.record();
        return new Decision.Append(record, record.equals(incoming) ? encoded : RecordCodec.encode(record));
    }

    private void count(ConflictPolicy.Merged merged) {
        events.discarded(merged.discarded());
        if (merged.dotReused()) {
            events.dotReused();
        }
    }

    Change ofClient(ClientWrite write) {
        return (meta, full) -> {
            // once: another ring may bring another policy at any moment, and half of each would lose siblings
            ConflictPolicy policy = policies.get();
            KeyRecord current = current(policy, meta, full, write);
            if (current == null) {
                return Decision.NeedsValues.NEEDS_VALUES;
            }
            if (!current.context().covers(write.unvouched())) {
                return new Decision.Refuse(Refusal.BAD_CONTEXT);
            }
            long floor = Math.max(
                    write.found().greatestHlc(),
                    Math.max(current.greatestHlc(), write.context().greatestHlc()));
            Optional<Dot> dot = stamps.next(floor);
            if (dot.isEmpty()) {
                return new Decision.AwaitStamp(floor);
            }
            return switch (policy.write(current, added(write, dot.get()), seen(policy, write))) {
                case ConflictPolicy.Write.Written written -> {
                    if (written.record().siblings().size() > 1) {
                        events.kept(written.record().siblings().size() - 1);
                    }
                    if (written.manySiblings()) {
                        events.manySiblings(written.record().siblings().size());
                    }
                    yield new Decision.Append(written.record(), RecordCodec.encode(written.record()));
                }
                case ConflictPolicy.Write.TooManySiblings _ -> new Decision.Refuse(Refusal.TOO_MANY_SIBLINGS);
            };
        };
    }

    /**
     * Under last-writer-wins a write replaces all that was before it, also what this store never held: so that it stays replaced
     * when the policy becomes another that keeps siblings.
     */
    private static Context seen(ConflictPolicy policy, ClientWrite write) {
        return policy.equals(ConflictPolicy.LAST_WRITER_WINS) ? write.context().merge(write.found()) : write.context();
    }

    private Sibling added(ClientWrite write, Dot dot) {
        byte[] value = write.value();
        if (value == null) {
            return Sibling.tombstone(dot);
        }
        return write.ttlMillis() == 0
                ? Sibling.value(dot, value)
                // a stamp may lag behind the clock while its reservation is late; a life time must not shrink by that
                : Sibling.expiring(dot, value, Hlc.millis(Math.max(dot.hlc(), stamps.now())) + write.ttlMillis());
    }

    /** What is held, without values when no value of it can survive the write; null when values are needed and not there. */
    private static @Nullable KeyRecord current(
            ConflictPolicy policy, @Nullable RecordMeta meta, @Nullable KeyRecord full, ClientWrite write) {
        if (full != null) {
            return full;
        }
        if (meta == null) {
            return KeyRecord.EMPTY;
        }
        boolean noneSurvives = policy.equals(ConflictPolicy.LAST_WRITER_WINS)
                || meta.siblings().stream().allMatch(sibling -> write.context().covers(sibling.dot()));
        return noneSurvives ? new KeyRecord(meta.generation(), List.of(), meta.context()) : null;
    }
}
