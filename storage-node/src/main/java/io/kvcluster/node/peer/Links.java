package io.kvcluster.node.peer;

import io.kvcluster.node.peer.Handshake.Verdict;
import io.kvcluster.node.peer.Peer.LaneState;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.proto.peer.Heartbeat;
import io.kvcluster.proto.peer.Hello;
import io.kvcluster.proto.peer.Lane;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.RingUpdate;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns the links on the peer loop: judges Hellos, settles duplicates, hears heartbeats, notices ends. {@link Openings} makes them. */
final class Links {
    private static final Logger log = LoggerFactory.getLogger(Links.class);
    /** Stores with a link that our ring does not name. */
    static final int STRANGERS = 64;

    private final PeerConfig config;
    private final PeerWiring wiring;
    private final PeerTable peers;
    private final AskTable[] tables;
    private final PeerCounters counters;
    private final Inbound inbound;
    private final Openings openings;
    private final ClockWatch clocks;
    private final Duplicates duplicates;
    private boolean stopped;

    Links(PeerConfig config, PeerWiring wiring, PeerTable peers, AskTable[] tables, PeerCounters counters) {
        this.config = config;
        this.wiring = wiring;
        this.peers = peers;
        this.tables = tables;
        this.counters = counters;
        this.inbound = new Inbound(wiring.hlc(), wiring.clock(), tables, counters, this);
        this.openings = new Openings(config, wiring, this);
        this.clocks = new ClockWatch(wiring.clock());
        this.duplicates = new Duplicates(config, wiring);
    }

    Inbound inbound() {
        return inbound;
    }

    Openings openings() {
        return openings;
    }

    ClockWatch clocks() {
        return clocks;
    }

    /** A frame of theirs was refused for its stamp. */
    void aheadOfUs(String storeId, long hlc) {
        Peer peer = peers.find(storeId);
        if (peer != null && hlc > 0) {
            clocks.heard(peer, Hlc.millis(hlc));
        }
    }

    void onLoop(Runnable task) {
        wiring.loop().post(task);
    }

    Hello hello(Lane lane) {
        return Introduction.hello(wiring, lane);
    }

    PeerMessage heartbeat() {
        return Introduction.heartbeat(wiring);
    }

    // --- who is to be linked

    void targets(List<PeerTarget> targets) {
        for (Peer peer : peers.all()) {
            if (targets.stream().noneMatch(target -> target.storeId().equals(peer.storeId))) {
                forget(peer);
            }
        }
        for (PeerTarget target : targets) {
            if (target.storeId().equals(wiring.self().storeId())) {
                continue;
            }
            Peer peer = findOrAdd(target.storeId());
            peer.target = target;
            peer.name = target.name();
            peer.shown.told(target.incarnation(), 0, wiring.clock().nanos());
            peer.foreground.wanted = true;
            openings.dialSoon(peer, peer.foreground);
        }
        for (Peer peer : peers.all()) {
            checkClusterId(peer);
        }
    }

    private void forget(Peer peer) {
        peer.target = null;
        peer.foreground.wanted = false;
        peer.bulk.wanted = false;
        if (!peer.isLinked()) {
            peers.remove(peer);
        }
    }

    /** A link may be older than our first ring: then nobody has compared cluster ids yet. */
    private void checkClusterId(Peer peer) {
        String ours = wiring.self().clusterId();
        for (LaneState lane : List.of(peer.foreground, peer.bulk)) {
            Session session = lane.established;
            if (session == null || ours.isEmpty() || ours.equals(peer.clusterId)) {
                continue;
            }
            if (peer.clusterId.isEmpty()) {
                session.helloAgain();
            } else {
                refuse(session, peer.name + " belongs to cluster id " + peer.clusterId + ", not " + ours);
            }
        }
    }

    void wantBulk(Peer peer) {
        peer.bulk.wanted = true;
        openings.dialSoon(peer, peer.bulk);
    }

    // --- Hello

    void judge(Session session, Hello hello) {
        openings.over(session);
        Peer peer = peers.find(hello.getStoreId());
        Verdict verdict = Handshake.judge(hello, wiring.self(), session.expectedStoreId, least(peer));
        switch (verdict) {
            case Verdict.Refused(String why) -> {
                refuse(session, why);
                if (peer == null) {
                    log.warn("Refused {}: {}", session, why);
                } else {
                    trouble(peer, why);
                }
            }
            case Verdict.Welcome() -> welcome(session, hello, peer);
        }
    }

    private Handshake.Known least(@Nullable Peer peer) {
        return peer == null
                ? Handshake.Known.NOTHING
                : peer.shown.least(peer.hasLink(), wiring.clock().nanos());
    }

    private void welcome(Session session, Hello hello, @Nullable Peer before) {
        if (before == null && peers.all().stream().filter(Peer::isStranger).count() >= STRANGERS) {
            session.close("too many stores that the ring does not name");
            return;
        }
        Peer peer = before == null ? findOrAdd(hello.getStoreId()) : before;
        LaneState lane = peer.lane(hello.getLane());
        Session incumbent = lane.established;
        if (stopped || session.isClosed()) {
            session.close("shutting down");
            return;
        }
        if (incumbent == null) {
            establish(peer, lane, session, hello);
            return;
        }
        switch (duplicates.settle(incumbent, session, peer, hello)) {
            case THE_NEW_IS_ONE_TOO_MANY -> {
                if (session.dialled) {
                    // They have accepted it, and may have asked something on it since.
                    welcomed(peer, lane, session);
                    duplicates.retire(lane, session);
                } else {
                    session.close("duplicate link");
                }
            }
            case THE_OLD_IS_GONE -> {
                establish(peer, lane, session, hello);
                incumbent.close(Duplicates.REPLACED);
            }
            case THE_OLD_RETIRES -> {
                establish(peer, lane, session, hello);
                duplicates.retire(lane, incumbent);
            }
        }
    }

    private void establish(Peer peer, LaneState lane, Session session, Hello hello) {
        peer.name = hello.getName();
        peer.learnedAddress = session.remoteAddress();
        noteHello(peer, hello);
        peer.heard(wiring.clock().nanos());
        lane.established = session;
        lane.backoff.reset();
        if (lane.lane == Lane.FOREGROUND) {
            peer.ringSent = 0;
            peer.ringAsked = 0;
            peer.trouble = "";
            markUp(peer);
            log.info("Linked with {} (store {}) at {}", peer.name, peer.storeId, peer.learnedAddress);
        }
        welcomed(peer, lane, session);
        exchangeRings(session, peer);
    }

    private void welcomed(Peer peer, LaneState lane, Session session) {
        if (lane.dialling == session) {
            lane.dialling = null;
        }
        counters.linksOpened.increment();
        int bytes = lane.lane == Lane.BULK ? config.bulkFrameBytes() : config.frameBytes();
        session.establish(peer, lane.lane, bytes, wiring.clock().nanos());
    }

    private void noteHello(Peer peer, Hello hello) {
        peer.clusterId = hello.getClusterId();
        peer.protocol = Math.min(hello.getProtocolMax(), Handshake.PROTOCOL_MAX);
        peer.shown.told(
                hello.getIncarnation(), hello.getDurableLsn(), wiring.clock().nanos());
        peer.ringEpoch = hello.getRingEpoch();
        peer.ringHash = hello.getRingHash();
    }

    /** A Hello on an established link: the other side got its first ring. */
    void judgeAgain(Session session, Peer peer, Hello hello) {
        if (session.isClosed()) {
            return;
        }
        switch (Handshake.judge(hello, wiring.self(), peer.storeId, least(peer))) {
            case Verdict.Refused(String why) -> refuse(session, why);
            case Verdict.Welcome() -> {
                noteHello(peer, hello);
                exchangeRings(session, peer);
            }
        }
    }

    private void refuse(Session session, String why) {
        counters.hellosRefused.increment();
        log.debug("Refused {}: {}", session, why);
        session.close(why);
    }

    // --- what established links tell

    /** On a link that retires it may be older than what the one in its place has told. */
    void heartbeat(Session session, Peer peer, Heartbeat heartbeat) {
        if (session.isClosed() || peer.foreground.retiring == session) {
            return;
        }
        switch (Handshake.judgeProgress(
                peer.storeId, heartbeat.getIncarnation(), heartbeat.getDurableLsn(), least(peer))) {
            case Verdict.Refused(String why) -> refuse(session, why);
            case Verdict.Welcome() -> {
                peer.shown.told(
                        heartbeat.getIncarnation(),
                        heartbeat.getDurableLsn(),
                        wiring.clock().nanos());
                peer.ready = heartbeat.getReady();
                clocks.heard(peer, heartbeat.getClockEpochMillis());
                peer.ringEpoch = heartbeat.getRingEpoch();
                peer.ringHash = heartbeat.getRingHash();
                markUp(peer);
                exchangeRings(session, peer);
            }
        }
    }

    void ringUpdate(Peer from, RingUpdate update) {
        wiring.rings().offered(from.storeId, update.getRing());
    }

    /** Who shows an older epoch is sent our ring, once for each of ours; who shows a newer one is shown ours at once. */
    private void exchangeRings(Session session, Peer peer) {
        if (peer.ringEpoch > 0) {
            wiring.rings().observed(peer.storeId, peer.ringEpoch, peer.ringHash);
        }
        RingTable ours = wiring.rings().table();
        long ourEpoch = ours == null ? 0 : ours.getEpoch();
        if (peer.ringEpoch > ourEpoch && peer.ringAsked < peer.ringEpoch) {
            peer.ringAsked = peer.ringEpoch;
            session.offerSystem(heartbeat());
        }
        if (ours != null && peer.ringEpoch < ours.getEpoch() && peer.ringSent < ours.getEpoch()) {
            peer.ringSent = ours.getEpoch();
            session.offerSystem(PeerMessage.newBuilder()
                    .setEpoch(ours.getEpoch())
                    .setRingUpdate(RingUpdate.newBuilder().setRing(ours))
                    .build());
        }
    }

    void markUp(Peer peer) {
        if (!peer.up) {
            peer.up = true;
            peer.sinceMillis = wiring.clock().wallMillis();
            log.info("{} (store {}) is UP", peer.name, peer.storeId);
        }
    }

    // --- the end of a link

    /** On a thread of the transport. */
    void sessionClosed(Session session, String why) {
        for (AskTable table : tables) {
            table.loop().post(() -> table.lost(session));
        }
        onLoop(() -> gone(session, why));
    }

    private void gone(Session session, String why) {
        openings.over(session);
        if (session.isEstablished()) {
            counters.linksClosed.increment();
        }
        for (Peer peer : peers.all()) {
            for (LaneState lane : List.of(peer.foreground, peer.bulk)) {
                if (lane.established == session && duplicates.comesBack(lane)) {
                    continue;
                }
                duplicates.over(lane, session);
                if (lane.established == session) {
                    lane.established = null;
                    trouble(peer, "link closed: " + why);
                    openings.redialLater(peer, lane);
                } else if (lane.dialling == session) {
                    lane.dialling = null;
                    trouble(peer, why);
                    openings.redialLater(peer, lane);
                }
            }
            if (peer.isStranger() && !peer.isLinked()) {
                peers.remove(peer);
            }
        }
    }

    /** Logged when it changes, not with each try. */
    private static void trouble(Peer peer, String why) {
        if (peer.foreground.established == null && !peer.trouble.equals(why)) {
            peer.trouble = why;
            log.warn("No link with {} (store {}): {}", peer.name, peer.storeId, why);
        }
    }

    /** Links that say nothing: neither Hello in time nor anything since. */
    void closeSilent(long nowNanos) {
        openings.closeLate(nowNanos);
        for (Peer peer : peers.all()) {
            long silentNanos = nowNanos - peer.heardNanos;
            Session foreground = peer.foreground.established;
            Session bulk = peer.bulk.established;
            if (foreground != null && silentNanos > config.silentAfter().toNanos()) {
                foreground.close("silent for " + silentNanos / 1_000_000 + " ms");
                if (bulk != null) {
                    bulk.close("silent for " + silentNanos / 1_000_000 + " ms");
                }
            }
        }
    }

    void stop() {
        stopped = true;
        openings.stop();
        for (Peer peer : peers.all()) {
            for (LaneState lane : List.of(peer.foreground, peer.bulk)) {
                Session session = lane.established;
                if (session != null) {
                    session.close("shutting down");
                }
                duplicates.stop(lane);
            }
        }
    }

    private Peer findOrAdd(String storeId) {
        Peer known = peers.find(storeId);
        if (known != null) {
            return known;
        }
        Peer peer = new Peer(
                storeId,
                new Shown(config.helloTimeout().toNanos(), wiring.clock().nanos()),
                newBackoff(),
                newBackoff(),
                wiring.clock().wallMillis());
        peers.add(peer);
        return peer;
    }

    private Backoff newBackoff() {
        return new Backoff(config.backoffMin().toNanos(), config.backoffMax().toNanos(), wiring.random());
    }
}
