package io.kvcluster.local.api.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One committed write.
 *
 * @param object the object after the write; of a deletion the last state, with the deletion's resourceVersion
 * @param previous the object before, null for an addition
 */
public record Change(
        long revision,
        Type type,
        ObjectKey key,
        ObjectNode object,
        @Nullable ObjectNode previous) {
    /** What happened, in the words of the watch protocol. */
    public enum Type {
        ADDED,
        MODIFIED,
        DELETED
    }
}
