package io.kvcluster.node.peer;

import io.kvcluster.node.peer.Peer.LaneState;
import io.kvcluster.proto.peer.Hello;
import org.jspecify.annotations.Nullable;

/**
 * Two links of one lane between two nodes, as when both dial at once. Both sides settle it alike: the link that the smaller storeId
 * dialled stays. The other one may be in use already, so it retires: nothing new is sent on it, what was asked there is answered there,
 * and it ends a little later. Peer loop only.
 */
final class Duplicates {
    static final String REPLACED = "duplicate link: another one took its place";

    private final PeerConfig config;
    private final PeerWiring wiring;

    Duplicates(PeerConfig config, PeerWiring wiring) {
        this.config = config;
        this.wiring = wiring;
    }

    /** Which of two goes, and how. */
    enum Verdict {
        THE_NEW_IS_ONE_TOO_MANY,
        THE_OLD_IS_GONE,
        THE_OLD_RETIRES
    }

    Verdict settle(Session incumbent, Session challenger, Peer peer, Hello hello) {
        if (isGone(incumbent, challenger, peer, hello)) {
            return Verdict.THE_OLD_IS_GONE;
        }
        boolean weAreSmaller = wiring.self().storeId().compareTo(peer.storeId) < 0;
        return challenger.dialled == weAreSmaller ? Verdict.THE_OLD_RETIRES : Verdict.THE_NEW_IS_ONE_TOO_MANY;
    }

    /**
     * A link whose other end is surely or probably gone never stays: a second link of the same dialler replaces its first. Who dials holds
     * none: so one that was established before their dial can have begun is gone at their end. Nothing else may ever tell of a bulk link,
     * where no heartbeat is missed, and whose end came with a power cut.
     */
    private boolean isGone(Session incumbent, Session challenger, Peer peer, Hello hello) {
        boolean restarted = hello.getIncarnation() > peer.shown.most().incarnation();
        long silentNanos = wiring.clock().nanos() - peer.heardNanos;
        boolean silent = silentNanos > 2 * config.heartbeat().toNanos();
        long heldNanos = wiring.clock().nanos() - incumbent.establishedNanos();
        boolean lost = !challenger.dialled && heldNanos > config.helloTimeout().toNanos();
        return incumbent.isClosed() || restarted || silent || lost || challenger.dialled == incumbent.dialled;
    }

    /** One at most of each lane. */
    void retire(LaneState lane, Session session) {
        end(lane, REPLACED);
        lane.retiring = session;
        wiring.loop().after(config.silentAfter().toNanos(), () -> {
            if (lane.retiring == session) {
                end(lane, REPLACED);
            }
        });
    }

    /** The one in its place has ended first: the other side may know of no other. @return false when there is none */
    boolean comesBack(LaneState lane) {
        Session session = lane.retiring;
        if (session == null || session.isClosed()) {
            return false;
        }
        lane.established = session;
        lane.retiring = null;
        return true;
    }

    void over(LaneState lane, @Nullable Session session) {
        if (lane.retiring == session) {
            lane.retiring = null;
        }
    }

    void stop(LaneState lane) {
        end(lane, "shutting down");
    }

    private static void end(LaneState lane, String why) {
        Session session = lane.retiring;
        lane.retiring = null;
        if (session != null) {
            session.close(why);
        }
    }
}
