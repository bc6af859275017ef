package io.kvcluster.node.storage;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the small files of a store hold. */
final class StoreFiles {
    static final String STORE = "store.json";
    static final String INCARNATION = "incarnation";
    static final String SESSION = "session";
    static final String LOCK = "lock";
    static final int FORMAT = 1;

    private StoreFiles() {}

    /**
     * store.json.
     *
     * @param storeId and {@code secret} (of {@link LogFormat}) as 16 hex digits
     * @param clusterId empty before the first ring
     */
    record StoreFile(
            @JsonProperty(required = true) int formatVersion,
            String storeId,
            String clusterId,
            String secret,
            int partitions) {
        StoreFile withCluster(String cluster) {
            return new StoreFile(formatVersion, storeId, cluster, secret, partitions);
        }
    }

    /** @param logBegun a log exists: its absence is a loss, not a first start */
    record IncarnationFile(int incarnation, boolean logBegun) {}

    /** How the store runs now, for the next start. */
    record SessionFile(String bootId, boolean periodic) {}
}
