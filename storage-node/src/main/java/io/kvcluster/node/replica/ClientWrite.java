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
 * @param unvouched the part of the context that names stores which the ring does not: sound only where the record knows it, for a
 *     store that left wrote to keys that are still there
 */
public record ClientWrite(byte @Nullable [] value, Context context, long ttlMillis, Context found, Context unvouched) {
    /** One whose context names members only. */
    public ClientWrite(byte @Nullable [] value, Context context, long ttlMillis, Context found) {
        this(value, context, ttlMillis, found, Context.EMPTY);
    }

    /** Another value, which takes the place of all that {@code seen} covers too. */
    public ClientWrite having(byte @Nullable [] other, Context seen) {
        return new ClientWrite(other, context.merge(seen), ttlMillis, found, unvouched);
    }

    /** The same, to be stamped above the answers to the version question. */
    public ClientWrite above(Context found) {
        return new ClientWrite(value, context, ttlMillis, found, unvouched);
    }
}
