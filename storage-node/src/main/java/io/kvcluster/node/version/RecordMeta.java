package io.kvcluster.node.version;

import java.util.List;
import java.util.Optional;

/** A record without its values: what the index keeps, and enough to decide whether an arriving record says anything new. */
public record RecordMeta(int generation, List<SiblingMeta> siblings, Context context) {
    public static final RecordMeta EMPTY = new RecordMeta(0, List.of(), Context.EMPTY);

    public RecordMeta {
        List<SiblingMeta> copy = List.copyOf(siblings);
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

    /** The latest expiry at or before {@code nowMillis}, of an HLC; 0 when nothing has expired by then. */
    public long expiredBy(long nowMillis) {
        long latest = 0;
        for (SiblingMeta sibling : siblings) {
            if (sibling.expiryMillis() <= nowMillis) {
                latest = Math.max(latest, sibling.expiryMillis());
            }
        }
        return latest;
    }

    /** Bytes of all values together. */
    public long valueBytes() {
        long sum = 0;
        for (SiblingMeta sibling : siblings) {
            sum += sibling.valueBytes();
        }
        return sum;
    }

    /**
     * 64 bits over generation, dots and context: replicas whose digests of a key are equal hold the same. Part of the wire
     * contract, so the same in every version and JVM.
     */
    public long digest() {
        Hash64 hash = new Hash64().add(generation).add(siblings.size());
        for (SiblingMeta sibling : siblings) {
            hash.add(sibling.dot());
        }
        for (Context.Entry entry : context.entries()) {
            hash.add(entry.dot());
        }
        return hash.value();
    }
}
