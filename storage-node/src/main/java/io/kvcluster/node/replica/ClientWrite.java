package io.kvcluster.node.replica;

import io.kvcluster.node.version.Context;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of one key.
 *
 * @param value null deletes
 * @param context what the client had seen; empty when it gave none
 * @param ttlMillis after which the value counts as deleted; 0 for never
 * @param floor the stamp must exceed this HLC (the version question's answer), 0 for none
 */
public record ClientWrite(byte @Nullable [] value, Context context, long ttlMillis, long floor) {
    /** The same, to be stamped above the answers to the version question. */
    public ClientWrite above(long floor) {
        return new ClientWrite(value, context, ttlMillis, floor);
    }
}
