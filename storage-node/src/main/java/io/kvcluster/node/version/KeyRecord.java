package io.kvcluster.node.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that a replica knows of a key. Compared byte by byte; immutable.
 *
 * @param generation names the key's owner protocol: even for eventual, always 0 until strong keys exist
 * @param siblings greatest dot first, each dot once; none only in {@link #EMPTY} and in what a merge left empty
 * @param context covers the dot of each sibling, and every dot that they superseded
 */
public record KeyRecord(int generation, List<Sibling> siblings, Context context) {
    /** A key that was never written: merging with it changes nothing. */
    public static final KeyRecord EMPTY = new KeyRecord(0, List.of(), Context.EMPTY);

    public KeyRecord {
        List<Sibling> copy = List.copyOf(siblings);
        RecordRules.check(generation, copy.size(), i -> copy.get(i).dot(), context);
        siblings = copy;
    }

    /** The greatest dot; empty when there is no sibling. */
    public Optional<Dot> greatest() {
        return siblings.isEmpty()
                ? Optional.empty()
                : Optional.of(siblings.getFirst().dot());
    }

    /** The greatest stamp that it names: the next stamp on the key must exceed it. */
    public long greatestHlc() {
        return context.greatestHlc();
    }

    /** Bytes of all values together. */
    public long valueBytes() {
        long sum = 0;
        for (Sibling sibling : siblings) {
            sum += sibling.value().length;
        }
        return sum;
    }

    public RecordMeta meta() {
        List<SiblingMeta> metas = new ArrayList<>(siblings.size());
        for (Sibling sibling : siblings) {
            metas.add(sibling.meta());
        }
        return new RecordMeta(generation, metas, context);
    }

    /** As of {@link RecordMeta#digest()}. */
    public long digest() {
        return meta().digest();
    }
}
