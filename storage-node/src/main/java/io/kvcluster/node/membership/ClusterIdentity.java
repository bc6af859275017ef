package io.kvcluster.node.membership;

import java.io.IOException;

/** The identity of the data directory. */
public interface ClusterIdentity {
    /** 16 lower-case hex digits. Any thread. */
    String storeId();

    int incarnation();

    /** Of the first ring that was accepted; empty before. Any thread. */
    String clusterId();

    /** The first ring was accepted: keeps its cluster id for ever. Durable when it returns. On the keeper's loop, may block. */
    void adopt(String clusterId) throws IOException;
}
