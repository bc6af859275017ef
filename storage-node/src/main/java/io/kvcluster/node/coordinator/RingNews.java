package io.kvcluster.node.coordinator;

import io.kvcluster.node.peer.Peers;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ring in use, and newer ones that came with refusals: each is handed on once. Any thread. */
final class RingNews {
    private final Supplier<@Nullable Ring> rings;
    private final Peers peers;
    private final AtomicLong handedOn = new AtomicLong();

    RingNews(Supplier<@Nullable Ring> rings, Peers peers) {
        this.rings = rings;
        this.peers = peers;
    }

    Ring current() {
        Ring ring = rings.get();
        if (ring == null) {
            throw new IllegalStateException("the ring went away");
        }
        return ring;
    }

    /** A store refused a message as too old, and showed its ring. */
    void seen(String storeId, RingTable ring) {
        long epoch = ring.getEpoch();
        long before = handedOn.get();
        if (epoch > before && epoch > current().epoch() && handedOn.compareAndSet(before, epoch)) {
            peers.ringSeen(storeId, ring);
        }
    }
}
