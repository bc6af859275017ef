package io.kvcluster.node.peer;

import io.kvcluster.proto.peer.Heartbeat;
import io.kvcluster.proto.peer.Hello;
import io.kvcluster.proto.peer.Lane;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.ring.RingTable;

/** What a node says of itself: in full when a link opens, in short with each heartbeat. */
final class Introduction {
    private Introduction() {}

    static Hello hello(PeerWiring wiring, Lane lane) {
        LocalStore self = wiring.self();
        RingTable ring = wiring.rings().table();
        return Hello.newBuilder()
                .setLane(lane)
                .setClusterId(self.clusterId())
                .setName(self.name())
                .setStoreId(self.storeId())
                .setIncarnation(self.incarnation())
                .setDurableLsn(self.durableLsn())
                .setAddress(self.address())
                .setProtocolMin(Handshake.PROTOCOL_MIN)
                .setProtocolMax(Handshake.PROTOCOL_MAX)
                .setRingEpoch(ring == null ? 0 : ring.getEpoch())
                .setRingHash(ring == null ? "" : ring.getHash())
                .build();
    }

    static PeerMessage heartbeat(PeerWiring wiring) {
        LocalStore self = wiring.self();
        RingTable ring = wiring.rings().table();
        return PeerMessage.newBuilder()
                .setEpoch(ring == null ? 0 : ring.getEpoch())
                .setHeartbeat(Heartbeat.newBuilder()
                        .setRingEpoch(ring == null ? 0 : ring.getEpoch())
                        .setRingHash(ring == null ? "" : ring.getHash())
                        .setDurableLsn(self.durableLsn())
                        .setIncarnation(self.incarnation())
                        .setReady(self.ready())
                        .setClockEpochMillis(wiring.clock().wallMillis()))
                .build();
    }
}
