package io.kvcluster.node.replica;

import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import io.kvcluster.node.version.Sibling;
import io.kvcluster.node.version.SiblingMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record again whose bytes went bad. The index still knows its dots and its context; its values come from what other
 * replicas hold, also when no single one of them holds all. That what they hold is covered says nothing here: a value is there
 * again only when it was found, or when whoever was found has seen and superseded it.
 */
final class Salvage implements Change {
    private final KeyRecord found;
    private final byte[] encoded;
    private final Change merge;
    private final long lostUpTo;
    private final Consumer<List<Dot>> losing;
    private boolean lost;

    /**
     * @param found what other replicas hold, merged
     * @param merge merges it with what is held
     * @param lostUpTo what is not found at or below this stamp is nowhere; 0 while that is not known
     * @param losing hears what is given up, before that is appended
     */
    Salvage(KeyRecord found, byte[] encoded, Change merge, long lostUpTo, Consumer<List<Dot>> losing) {
        this.found = found;
        this.encoded = encoded;
        this.merge = merge;
        this.lostUpTo = lostUpTo;
        this.losing = losing;
    }

    @Override
    public Decision decide(@Nullable RecordMeta meta, @Nullable KeyRecord full) {
        if (meta == null || full != null) {
            return merge.decide(meta, full); // it went, or a newer version is on its way to the disk with its values
        }
        Decision byDots = merge.decide(meta, null);
        if (byDots instanceof Decision.Append) {
            return byDots;
        }
        List<Sibling> whole = new ArrayList<>();
        List<Dot> missing = new ArrayList<>();
        for (SiblingMeta damaged : meta.siblings()) {
            Sibling copy = copyOf(damaged);
            if (copy != null) {
                whole.add(copy);
            } else if (!found.context().covers(damaged.dot())) {
                missing.add(damaged.dot());
            }
        }
        if (missing.isEmpty()) {
            KeyRecord again = new KeyRecord(meta.generation(), whole, meta.context());
            Decision merged = merge.decide(again.meta(), again);
            return merged instanceof Decision.Covered ? new Decision.Append(again, RecordCodec.encode(again)) : merged;
        }
        if (missing.stream().anyMatch(dot -> dot.hlc() > lostUpTo)) {
            return new Decision.Refuse(Refusal.CANNOT_SAY);
        }
        // As if this disk had never held it: a context that covered what is given up would delete it where it still
        // turns up.
        lost = true;
        losing.accept(missing);
        return new Decision.Append(found, encoded);
    }

    /** Something was given up for what was appended. */
    boolean hasLost() {
        return lost;
    }

    private @Nullable Sibling copyOf(SiblingMeta damaged) {
        if (damaged.tombstone()) {
            return Sibling.tombstone(damaged.dot()); // all of it is in the index
        }
        for (Sibling sibling : found.siblings()) {
            if (sibling.dot().equals(damaged.dot())) {
                return sibling;
            }
        }
        return null;
    }
}
