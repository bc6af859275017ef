package io.kvcluster.node.peer;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The peers by storeId, in its order. Changed on the peer loop by publishing a new map; read on any thread. */
final class PeerTable {
    private volatile Map<String, Peer> peers = Map.of();

    @Nullable Peer find(String storeId) {
        return peers.get(storeId);
    }

    Collection<Peer> all() {
        return peers.values();
    }

    void add(Peer peer) {
        Map<String, Peer> next = new TreeMap<>(peers);
        next.put(peer.storeId, peer);
        peers = new LinkedHashMap<>(next);
    }

    void remove(Peer peer) {
        Map<String, Peer> next = new LinkedHashMap<>(peers);
        next.remove(peer.storeId);
        peers = next;
    }
}
