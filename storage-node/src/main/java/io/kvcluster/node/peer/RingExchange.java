package io.kvcluster.node.peer;

import io.kvcluster.proto.ring.RingTable;
import org.jspecify.annotations.Nullable;

/** How rings travel with heartbeats: a peer that shows an older epoch is sent ours, once; what peers send is offered here. */
public interface RingExchange {
    /** The ring in use, to send; null before the first. Any thread. */
    @Nullable RingTable table();

    /** A peer sent its ring. On the peer loop; must not block. */
    void offered(String fromStoreId, RingTable ring);

    /** A peer named its ring, by heartbeat or Hello. On the peer loop; must not block. */
    void observed(String storeId, long epoch, String hash);
}
