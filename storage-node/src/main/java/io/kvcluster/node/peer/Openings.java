package io.kvcluster.node.peer;

import io.kvcluster.node.peer.Peer.LaneState;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.Lane;
import io.kvcluster.proto.peer.PeerFrame;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Links from their first moment to the judgement of their Hello: dialled with back-off or accepted, bounded in number and time. */
final class Openings {
    /** Links whose Hello has not been judged. */
    static final int LIMIT = 256;

    private final PeerConfig config;
    private final PeerWiring wiring;
    private final Links links;
    private final Set<Session> opening = new LinkedHashSet<>();
    private boolean stopped;

    Openings(PeerConfig config, PeerWiring wiring, Links links) {
        this.config = config;
        this.wiring = wiring;
        this.links = links;
    }

    void dialSoon(Peer peer, LaneState lane) {
        if (!stopped && lane.wanted && lane.established == null && lane.dialling == null && lane.redial == null) {
            dial(peer, lane);
        }
    }

    private void dial(Peer peer, LaneState lane) {
        List<String> addresses = peer.candidates();
        if (addresses.isEmpty() || opening.size() >= LIMIT) {
            redialLater(peer, lane);
            return;
        }
        String address = addresses.get(lane.backoff.tries() % addresses.size());
        Session session = newSession(lane.lane, peer.storeId);
        lane.dialling = session;
        opening.add(session);
        session.connecting(wiring.transport().connect(address, lane.lane == Lane.BULK, session));
    }

    void redialLater(Peer peer, LaneState lane) {
        if (stopped || !lane.wanted || lane.redial != null || lane.established != null) {
            return;
        }
        lane.redial = wiring.loop().after(lane.backoff.nextNanos(), () -> {
            lane.redial = null;
            dialSoon(peer, lane);
        });
    }

    /** On a thread of the transport. */
    Transport.Listener<PeerFrame> accepted(Transport.Link<PeerFrame> link) {
        Session session = newSession(null, "");
        wiring.loop().post(() -> {
            if (stopped || opening.size() >= LIMIT) {
                link.close(stopped ? "shutting down" : "too many links wait for their Hello");
            } else if (!session.isClosed() && !session.isEstablished()) {
                opening.add(session);
            }
        });
        return session;
    }

    private Session newSession(@Nullable Lane lane, String expectedStoreId) {
        Outbox outbox = new Outbox(config.queueMessages(), config.queueBytes());
        return new Session(
                links,
                links.inbound(),
                outbox,
                lane,
                expectedStoreId,
                wiring.clock().nanos());
    }

    /** Judged or gone. */
    void over(Session session) {
        opening.remove(session);
    }

    void closeLate(long nowNanos) {
        for (Session session : new ArrayList<>(opening)) {
            if (nowNanos - session.startedNanos > config.helloTimeout().toNanos()) {
                opening.remove(session);
                session.close("no Hello within " + config.helloTimeout().toMillis() + " ms");
            }
        }
    }

    void stop() {
        stopped = true;
        for (Session session : new ArrayList<>(opening)) {
            session.close("shutting down");
        }
    }
}
