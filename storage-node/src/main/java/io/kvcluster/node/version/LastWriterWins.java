package io.kvcluster.node.version;

import java.util.Comparator;
import java.util.List;

/**
 * Keeps the sibling of the greatest dot. The merge is a lexicographic join: the greater generation wins whole, then the greater
 * dot wins whole, and only records of one dot join their contexts. The loser's context is not joined in: nobody who wrote the
 * winner had seen it.
 */
record LastWriterWins() implements ConflictPolicy {
    private static final Comparator<Dot> ABSENT_FIRST = Comparator.nullsFirst(Comparator.naturalOrder());

    @Override
    public Merged merge(KeyRecord left, KeyRecord right) {
        int order = compare(left.meta(), right.meta());
        if (order != 0) {
            KeyRecord winner = order > 0 ? left : right;
            KeyRecord loser = order > 0 ? right : left;
            return new Merged(view(winner), discarded(loser.meta(), winner.context()), false);
        }
        Context context = left.context().merge(right.context());
        if (left.siblings().isEmpty()) {
            return new Merged(new KeyRecord(left.generation(), List.of(), context), 0, false);
        }
        Sibling one = left.siblings().getFirst();
        Sibling other = right.siblings().getFirst();
        int ofOneDot = Sibling.compareOfOneDot(one, other);
        Sibling kept = ofOneDot >= 0 ? one : other;
        return new Merged(new KeyRecord(left.generation(), List.of(kept), context), 0, ofOneDot != 0);
    }

    @Override
    public MetaMerge merge(RecordMeta current, KeyRecord incoming) {
        RecordMeta offered = incoming.meta();
        int order = compare(current, offered);
        if (order > 0) {
            return new MetaMerge.CurrentCovers(discarded(offered, current.context()));
        }
        if (order < 0) {
            return new MetaMerge.IncomingWins(
                    new Merged(view(incoming), discarded(current, incoming.context()), false));
        }
        if (differ(current, offered)) {
            // One dot for two writes: the full merge keeps the same one everywhere.
            return new MetaMerge.NeedsBoth();
        }
        // a record of another policy may have older siblings: unless they go here too, replicas would differ for ever
        if (current.context().covers(offered.context()) && current.siblings().size() <= 1) {
            return new MetaMerge.CurrentCovers(0);
        }
        KeyRecord kept = view(incoming);
        Context context = current.context().merge(incoming.context());
        return new MetaMerge.IncomingWins(
                new Merged(new KeyRecord(kept.generation(), kept.siblings(), context), 0, false));
    }

    @Override
    public Write write(KeyRecord current, Sibling added, Context seen) {
        Context context = Stamps.after(current, added, seen);
        return new Write.Written(new KeyRecord(current.generation(), List.of(added), context), false);
    }

    @Override
    public KeyRecord view(KeyRecord record) {
        return record.siblings().size() <= 1
                ? record
                : new KeyRecord(record.generation(), List.of(record.siblings().getFirst()), record.context());
    }

    /** By generation, then by greatest dot. */
    private static int compare(RecordMeta left, RecordMeta right) {
        int byGeneration = Integer.compare(left.generation(), right.generation());
        return byGeneration != 0
                ? byGeneration
                : ABSENT_FIRST.compare(
                        left.greatest().orElse(null), right.greatest().orElse(null));
    }

    private static boolean differ(RecordMeta left, RecordMeta right) {
        return !left.siblings().isEmpty()
                && !left.siblings().getFirst().equals(right.siblings().getFirst());
    }

    private static int discarded(RecordMeta loser, Context winner) {
        int discarded = 0;
        for (SiblingMeta sibling : loser.siblings()) {
            discarded += winner.covers(sibling.dot()) ? 0 : 1;
        }
        return discarded;
    }
}
