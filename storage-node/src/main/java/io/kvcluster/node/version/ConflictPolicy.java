package io.kvcluster.node.version;

import io.kvcluster.node.command.Limits;

/**
 * How versions of one key meet. {@link #merge} is commutative, associative and idempotent, so replicas that saw the same records
 * in any order, some of them twice, hold the same. Stateless.
 */
public sealed interface ConflictPolicy permits LastWriterWins, Siblings {
    ConflictPolicy LAST_WRITER_WINS = new LastWriterWins();
    ConflictPolicy SIBLINGS = new Siblings();

    /** By its name in the ring. @throws IllegalArgumentException for a name that is not known */
    static ConflictPolicy named(String name) {
        return switch (name) {
            case "LastWriterWins" -> LAST_WRITER_WINS;
            // Custom stores as Siblings does; what its resolver makes of them is the coordinator's business
            case "Siblings", "Custom" -> SIBLINGS;
            default ->
                throw new IllegalArgumentException(
                        "conflict policy " + name + ": LastWriterWins, Siblings or Custom is allowed");
        };
    }

    /**
     * Joins what two replicas know of a key. Never refuses.
     */
    Merged merge(KeyRecord left, KeyRecord right);

    /**
     * As {@link #merge(KeyRecord, KeyRecord)}, but knows of the current record only what the index keeps, so that most arriving
     * records need no read of the old value.
     */
    MetaMerge merge(RecordMeta current, KeyRecord incoming);

    /**
     * What a client's write makes of the record that its coordinator holds.
     *
     * @param current the coordinator's record, {@link KeyRecord#EMPTY} for a new key
     * @param added the write; its stamp must exceed every stamp of {@code current} and {@code seen}
     * @param seen the context that the client gave, empty for none
     * @throws IllegalArgumentException when the stamp does not exceed them: the caller has a bug
     */
    Write write(KeyRecord current, Sibling added, Context seen);

    /** What a reader sees: under last-writer-wins at most one sibling, also of a record that was written under another policy. */
    KeyRecord view(KeyRecord record);

    /**
     * @param discarded siblings that were dropped although the kept ones had not seen them: lost updates, which only
     *     last-writer-wins makes
     * @param dotReused two writes bore one dot: a store stamped twice, which is a broken invariant to be counted and told
     */
    record Merged(KeyRecord record, int discarded, boolean dotReused) {}

    /** What the index alone can tell of a merge. */
    sealed interface MetaMerge {
        /** Nothing to write: the current record holds all that the incoming one says. */
        record CurrentCovers(int discarded) implements MetaMerge {}

        /** The merged record, all of whose values came with the incoming one. */
        record IncomingWins(Merged merged) implements MetaMerge {}

        /** The merged record keeps values of the current one: read it, then merge in full. */
        record NeedsBoth() implements MetaMerge {}
    }

    /** The end of a client's write. */
    sealed interface Write {
        /** @param manySiblings more than {@link Limits#SIBLINGS_WARN}: clients write without the context they read */
        record Written(KeyRecord record, boolean manySiblings) implements Write {}

        /** It would leave more siblings than {@link Limits#SIBLINGS}, or more bytes than {@link Limits#SIBLINGS_BYTES}. */
        record TooManySiblings(int siblings, long bytes) implements Write {}
    }
}
