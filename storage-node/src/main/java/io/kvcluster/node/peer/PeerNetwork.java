package io.kvcluster.node.peer;

import io.kvcluster.node.command.Limits;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The room's front: {@link Peers} over a transport. What is asked on a core loop goes into the outbox of the peer's link
 * and leaves with the transport's next turn; what is answered comes back as one task per frame to the loop that asked. The
 * peer loop owns everything that is not on that path: see {@link Links} and {@link Pulse}.
 */
public final class PeerNetwork implements Peers {
    private final PeerConfig config;
    private final PeerWiring wiring;
    private final PeerTable peers = new PeerTable();
    private final AskTable[] tables;
    private final PeerCounters counters = new PeerCounters();
    private final Links links;
    private final Pulse pulse;

    public PeerNetwork(PeerConfig config, PeerWiring wiring) {
        this.config = config;
        this.wiring = wiring;
        this.tables = new AskTable[wiring.askers().size()];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = new AskTable(i, wiring.askers().get(i), wiring.clock(), config.asksPerLoop(), counters);
        }
        this.links = new Links(config, wiring, peers, tables, counters);
        this.pulse = new Pulse(config, wiring, peers, links);
    }

    /** Serves peers from now on. Before the transport starts. Once. */
    public void start(PeerRequestHandler handler) {
        links.inbound().handler(handler);
        wiring.transport().accept(links.openings()::accepted);
        wiring.loop().post(pulse::start);
    }

    /** Keeps links with exactly these stores (the own one is skipped), and serves others as long as they hold theirs. Any thread. */
    public void targets(List<PeerTarget> targets) {
        List<PeerTarget> copy = List.copyOf(targets);
        wiring.loop().post(() -> {
            links.targets(copy);
            pulse.beat();
        });
    }

    /** Closes all links and opens no more. Any thread. */
    public void stop() {
        wiring.loop().post(() -> {
            pulse.stop();
            links.stop();
        });
    }

    @Override
    public void ask(
            String storeId, PeerMessage.Builder request, Loop loop, long deadlineNanos, AnswerListener listener) {
        AskTable table = tableOf(loop);
        Peer peer = peers.find(storeId);
        Session session = peer == null ? null : peer.foreground.established;
        if (session == null) {
            table.refuse(listener);
        } else {
            table.ask(session, request, MESSAGE_BYTES, deadlineNanos, listener);
        }
    }

    @Override
    public void askInBulk(
            String storeId, PeerMessage.Builder request, Loop loop, long deadlineNanos, AnswerListener listener) {
        AskTable table = tableOf(loop);
        Peer peer = peers.find(storeId);
        if (peer == null) {
            table.refuse(listener);
            return;
        }
        Session session = peer.bulk.established;
        if (session == null) {
            wiring.loop().post(() -> links.wantBulk(peer));
            table.refuse(listener);
        } else {
            table.ask(session, request, config.bulkFrameBytes() - FRAME_HEAD_BYTES, deadlineNanos, listener);
        }
    }

    @Override
    public boolean tell(String storeId, PeerMessage.Builder message) {
        Peer peer = peers.find(storeId);
        Session session = peer == null ? null : peer.foreground.established;
        PeerMessage built = message.clearId().build();
        return session != null
                && built.getSerializedSize() <= MESSAGE_BYTES
                && session.offerRequest(new Outgoing(built));
    }

    @Override
    public void ringSeen(String storeId, RingTable ring) {
        wiring.rings().offered(storeId, ring);
    }

    @Override
    public boolean isUp(String storeId) {
        Peer peer = peers.find(storeId);
        return peer == null ? storeId.equals(wiring.self().storeId()) : peer.up;
    }

    /** As of the last look, at most a tenth of a second ago. Any thread. */
    public ClockReport clock() {
        return links.clocks().report();
    }

    @Override
    public @Nullable String outOfStep() {
        ClockReport clock = clock();
        return clock.outOfStep() ? clock.message() : null;
    }

    @Override
    public int protocol(String storeId) {
        Peer peer = peers.find(storeId);
        return peer == null ? 0 : peer.protocol;
    }

    /** All peers, linked or not, by storeId. Any thread. */
    public List<PeerReport> reports() {
        long nowNanos = wiring.clock().nanos();
        long nowMillis = wiring.clock().wallMillis();
        return peers.all().stream()
                .map(peer -> report(peer, nowNanos, nowMillis))
                .toList();
    }

    private static PeerReport report(Peer peer, long nowNanos, long nowMillis) {
        Session session = peer.foreground.established;
        return new PeerReport(
                peer.storeId,
                peer.name,
                peer.up,
                peer.sinceMillis,
                peer.everHeard ? nowMillis - (nowNanos - peer.heardNanos) / 1_000_000 : 0,
                session == null ? "" : session.presentAddress(),
                peer.ringEpoch,
                peer.ready,
                session == null ? peer.trouble : "");
    }

    public PeerCounters counters() {
        return counters;
    }

    /** Messages that wait for links now; for metrics. Any thread. */
    public int queued() {
        int sum = 0;
        for (Peer peer : peers.all()) {
            sum += peer.foreground.depth() + peer.bulk.depth();
        }
        return sum;
    }

    private AskTable tableOf(Loop loop) {
        for (AskTable table : tables) {
            if (table.loop().equals(loop)) {
                if (!loop.isCurrent()) {
                    throw new IllegalStateException("an ask for loop " + loop + " on another thread");
                }
                return table;
            }
        }
        throw new IllegalArgumentException("the loop is not one of the askers that the room was made for");
    }

    private static final int FRAME_HEAD_BYTES = 32;
    private static final int MESSAGE_BYTES = Limits.PEER_FRAME_BYTES - FRAME_HEAD_BYTES;
}
