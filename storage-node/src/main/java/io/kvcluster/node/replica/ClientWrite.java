package io.kvcluster.node.replica;

import io.kvcluster.node.version.Context;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of one key.
 *
 * @param value null deletes
 * @param context what the client had seen; empty when it gave none
 * @param ttlMillis after which the value counts as deleted; 0 for never
 * @param found the greatest dots that the version question found, which the stamp must exceed; empty for none
 */
public record ClientWrite(byte @Nullable [] value, Context context, long ttlMillis, Context found) {
    /** The same, to be stamped above the answers to the version question. */
    public ClientWrite above(Context found) {
        return new ClientWrite(value, context, ttlMillis, found);
    }
}
