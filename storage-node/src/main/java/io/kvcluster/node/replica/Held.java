package io.kvcluster.node.replica;

import io.kvcluster.node.version.RecordMeta;
import org.jspecify.annotations.Nullable;

/**
 * What a replica durably holds for a key at the moment of its answer.
 *
 * @param meta dots, flags and context; null when the key is unknown here
 * @param encoded the whole record as stored; null when the key is unknown or when only the digest was wanted
 */
public record Held(@Nullable RecordMeta meta, byte @Nullable [] encoded) {
    static final Held NOTHING = new Held(null, null);

    /** Equal digests: the same versions. 0 stands for nothing held. */
    public long digest() {
        return meta == null ? 0 : meta.digest();
    }
}
