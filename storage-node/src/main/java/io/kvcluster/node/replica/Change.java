package io.kvcluster.node.replica;

import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordMeta;
import org.jspecify.annotations.Nullable;

/** One way to change a key: decides what to append, looking at what the replica holds. Decides once, or twice when it asks for the values. */
interface Change {
    /**
     * @param meta of what is held, null for nothing
     * @param full what is held with its values; null when not loaded, or nothing is held
     */
    Decision decide(@Nullable RecordMeta meta, @Nullable KeyRecord full);

    sealed interface Decision {
        record Append(KeyRecord record, byte[] encoded) implements Decision {}

        /** What is held covers it already. */
        enum Covered implements Decision {
            COVERED
        }

        /** The values of what is held are needed to decide. */
        enum NeedsValues implements Decision {
            NEEDS_VALUES
        }

        record Refuse(Refusal why) implements Decision {}

        /** No stamp above {@code floor} may be given before the next reservation is durable; then decide again. */
        record AwaitStamp(long floor) implements Decision {}
    }
}
