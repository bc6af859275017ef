package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beat of the peer loop: sends heartbeats, marks who went silent DOWN, closes links that are half open. */
final class Pulse {
    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    /** A peer is marked DOWN at most one look after suspectAfter. */
    private static final int LOOKS_PER_HEARTBEAT = 5;

    private final PeerConfig config;
    private final PeerWiring wiring;
    private final PeerTable peers;
    private final Links links;
    private int look;
    private Loop.@Nullable Timer timer;

    Pulse(PeerConfig config, PeerWiring wiring, PeerTable peers, Links links) {
        this.config = config;
        this.wiring = wiring;
        this.peers = peers;
        this.links = links;
    }

    void start() {
        timer = wiring.loop().after(config.heartbeat().toNanos() / LOOKS_PER_HEARTBEAT, this::look);
    }

    void stop() {
        Loop.Timer running = timer;
        if (running != null) {
            running.cancel();
        }
    }

    private void look() {
        start();
        long now = wiring.clock().nanos();
        for (Peer peer : peers.all()) {
            long silentNanos = now - peer.heardNanos;
            if (peer.up && silentNanos >= config.suspectAfter().toNanos()) {
                markDown(peer, silentNanos);
            } else if (!peer.up
                    && peer.everHeard
                    && silentNanos < config.suspectAfter().toNanos()) {
                links.markUp(peer);
            }
        }
        links.closeSilent(now);
        links.clocks().look(peers.all());
        look = (look + 1) % LOOKS_PER_HEARTBEAT;
        if (look == 0) {
            beat();
        }
    }

    private void markDown(Peer peer, long silentNanos) {
        peer.up = false;
        peer.ready = false;
        peer.sinceMillis = wiring.clock().wallMillis();
        log.warn("{} (store {}) is DOWN: silent for {} ms", peer.name, peer.storeId, silentNanos / 1_000_000);
    }

    /** Also at once when what it tells has changed. */
    void beat() {
        PeerMessage message = links.heartbeat();
        for (Peer peer : peers.all()) {
            Session session = peer.foreground.established;
            // A peer that reads nothing need not be told that we live: the box would only grow.
            if (session != null && !session.isClosed() && session.queued() < config.queueMessages()) {
                session.offerSystem(message);
            }
        }
    }
}
