package io.kvcluster.node.version;

import io.kvcluster.node.command.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every version that no other one superseded: dotted version vectors. Of two records of one generation a sibling stays
 * when both have it, or when the other's context does not cover it. A greater generation wins whole.
 */
record Siblings() implements ConflictPolicy {

    @Override
    public Merged merge(KeyRecord left, KeyRecord right) {
        if (left.generation() != right.generation()) {
            KeyRecord winner = left.generation() > right.generation() ? left : right;
            KeyRecord loser = left.generation() > right.generation() ? right : left;
            return new Merged(winner, discarded(loser.meta(), winner.context()), false);
        }
        TreeMap<Dot, Sibling> kept = new TreeMap<>(Comparator.reverseOrder());
        Map<Dot, Sibling> theirs = new TreeMap<>();
        right.siblings().forEach(sibling -> theirs.put(sibling.dot(), sibling));
        boolean dotReused = false;
        for (Sibling mine : left.siblings()) {
            Sibling twin = theirs.get(mine.dot());
            if (twin != null) {
                int order = Sibling.compareOfOneDot(mine, twin);
                kept.put(mine.dot(), order >= 0 ? mine : twin);
                dotReused |= order != 0;
            } else if (!right.context().covers(mine.dot())) {
                kept.put(mine.dot(), mine);
            }
        }
        for (Sibling theirSibling : right.siblings()) {
            if (!left.context().covers(theirSibling.dot())) {
                kept.put(theirSibling.dot(), theirSibling);
            }
        }
        Context context = left.context().merge(right.context());
        return new Merged(new KeyRecord(left.generation(), List.copyOf(kept.values()), context), 0, dotReused);
    }

    @Override
    public MetaMerge merge(RecordMeta current, KeyRecord incoming) {
        RecordMeta offered = incoming.meta();
        if (current.generation() > offered.generation()) {
            return new MetaMerge.CurrentCovers(discarded(offered, current.context()));
        }
        if (current.generation() < offered.generation()) {
            return new MetaMerge.IncomingWins(new Merged(incoming, discarded(current, incoming.context()), false));
        }
        boolean currentHasMore = false;
        for (SiblingMeta mine : current.siblings()) {
            SiblingMeta twin = find(offered, mine.dot());
            if (twin != null && !twin.equals(mine)) {
                // One dot for two writes: the full merge keeps the same one everywhere.
                return new MetaMerge.NeedsBoth();
            }
            currentHasMore |= twin == null && !offered.context().covers(mine.dot());
        }
        if (coversAll(current, offered)) {
            return new MetaMerge.CurrentCovers(0);
        }
        if (currentHasMore) {
            return new MetaMerge.NeedsBoth();
        }
        List<Sibling> kept = new ArrayList<>();
        for (Sibling theirs : incoming.siblings()) {
            if (find(current, theirs.dot()) != null || !current.context().covers(theirs.dot())) {
                kept.add(theirs);
            }
        }
        Context context = current.context().merge(incoming.context());
        return new MetaMerge.IncomingWins(new Merged(new KeyRecord(incoming.generation(), kept, context), 0, false));
    }

    @Override
    public Write write(KeyRecord current, Sibling added, Context seen) {
        Context context = Stamps.after(current, added, seen);
        List<Sibling> kept = new ArrayList<>();
        kept.add(added);
        for (Sibling sibling : current.siblings()) {
            if (!seen.covers(sibling.dot())) {
                kept.add(sibling);
            }
        }
        KeyRecord record = new KeyRecord(current.generation(), kept, context);
        if (kept.size() > Limits.SIBLINGS || record.valueBytes() > Limits.SIBLINGS_BYTES) {
            return new Write.TooManySiblings(kept.size(), record.valueBytes());
        }
        return new Write.Written(record, kept.size() > Limits.SIBLINGS_WARN);
    }

    @Override
    public KeyRecord view(KeyRecord record) {
        return record;
    }

    /** Whether the merge of both is the current record itself. */
    private static boolean coversAll(RecordMeta current, RecordMeta offered) {
        if (!current.context().covers(offered.context())) {
            return false;
        }
        for (SiblingMeta mine : current.siblings()) {
            if (find(offered, mine.dot()) == null && offered.context().covers(mine.dot())) {
                return false;
            }
        }
        return true;
    }

    private static int discarded(RecordMeta loser, Context winner) {
        return (int) loser.siblings().stream()
                .filter(sibling -> !winner.covers(sibling.dot()))
                .count();
    }

    private static @Nullable SiblingMeta find(RecordMeta record, Dot dot) {
        for (SiblingMeta sibling : record.siblings()) {
            if (sibling.dot().equals(dot)) {
                return sibling;
            }
        }
        return null;
    }
}
