package io.kvcluster.node;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.peer.ClockReport;
import io.kvcluster.node.peer.PeerReport;
import io.kvcluster.node.rpc.ClientServer;
import io.kvcluster.node.rpc.ClusterView;
import io.kvcluster.node.rpc.HttpServer;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.CompactionReport;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.node.storage.LogReport;
import io.kvcluster.node.storage.StorageReport;
import io.kvcluster.node.telemetry.NodeGauges;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The node as others see it: clients, scrapes, the operator. Empty until {@link #of} joined it to the rooms. Any thread. */
final class NodeViews implements ClusterView, NodeGauges {
    /** Once for each member; protocol of peers. */
    static final int PROTOCOL_MIN = 1;

    static final int PROTOCOL_MAX = 2;

    /** The rooms that are looked at. */
    record Rooms(NodeCore core, NodeEvents events, ClientServer clients, HttpServer http) {}

    private final NodeConfig config;
    private final NodeState state;
    private final Clock clock;
    private final RepairDoor repairs;
    private final long startedMillis;
    private volatile @Nullable Rooms rooms;

    NodeViews(NodeConfig config, NodeState state, Clock clock, RepairDoor repairs) {
        this.config = config;
        this.state = state;
        this.clock = clock;
        this.repairs = repairs;
        this.startedMillis = clock.wallMillis();
    }

    void of(Rooms now) {
        rooms = now;
    }

    private Rooms rooms() {
        Rooms now = rooms;
        if (now == null) {
            throw new IllegalStateException("the rooms are not wired yet");
        }
        return now;
    }

    // --- for clients

    @Override
    public Optional<RingTable> ring() {
        return current().map(Ring::table);
    }

    private Optional<Ring> current() {
        Rooms now = rooms;
        return now == null
                ? Optional.empty()
                : Optional.ofNullable(now.core().keeper().current());
    }

    @Override
    public List<NodeView> nodes() {
        Rooms now = rooms;
        return now == null ? List.of() : now.core().members().nodes();
    }

    @Override
    public Optional<GetMappingResponse> mapping(Key key) {
        return current().map(ring -> rooms().core().members().mapping(ring, ring.partitionOf(key.bytes())));
    }

    // --- for the operator

    /** A fresh report. */
    NodeStatus status() {
        Rooms now = rooms();
        StorageReport storage = now.core().store().report();
        LogReport log = storage.log();
        Ring ring = now.core().keeper().current();
        NodeStatus.Builder status = NodeStatus.newBuilder()
                .setName(config.name())
                .setStoreId(storage.identity().storeIdText())
                .setIncarnation(storage.identity().incarnation())
                .setClusterId(storage.identity().clusterId())
                .setPhase(state.now().phase())
                .setPhaseMessage(state.now().message())
                .setDurableLsn(storage.durableLsn())
                .setStartedEpochMillis(startedMillis)
                .setDiskFreeBytes(log.diskFreeBytes())
                .setDiskTotalBytes(log.diskTotalBytes())
                .setDiskFull(log.diskFull())
                .addAllPeers(now.core().members().peers())
                .setVersion(NodeVersion.text())
                .setProtocolMin(PROTOCOL_MIN)
                .setProtocolMax(PROTOCOL_MAX)
                .setClockEpochMillis(clock.wallMillis())
                .setKeys(storage.keys())
                .setHints(now.core().store().hints().report().hints())
                .setFollowsMoves(true)
                .setRepair(repairs.status());
        ClockReport clock = now.core().peers().clock();
        status.setClockOutOfStep(clock.outOfStep()).setClockOffsetMillis(clock.offsetMillis());
        if (clock.outOfStep()) {
            status.setPhaseMessage(clock.message());
        }
        MoveViews moves = new MoveViews(now.core());
        if (ring == null) {
            status.setSuspectPartitions(storage.suspectPartitions());
        } else {
            status.setRingEpoch(ring.epoch())
                    .setRingHash(ring.hash())
                    .setSuspectPartitions(moves.suspectReplicas(ring))
                    .setOwnedPartitions(
                            ring.partitionsOf(storage.identity().storeIdText()).size());
        }
        moves.drain().ifPresent(status::setDrain);
        return status.addAllCopies(moves.copies()).setLogBytes(log.logBytes()).build();
    }

    // --- for scrapes

    @Override
    public boolean ready() {
        return state.now().ready();
    }

    @Override
    public long ringEpoch() {
        return current().map(Ring::epoch).orElse(0L);
    }

    @Override
    public int underReplicatedPartitions() {
        Optional<Ring> ring = current();
        if (ring.isEmpty()) {
            return 0;
        }
        int count = 0;
        for (int partition :
                ring.get().partitionsOf(rooms().core().store().identity().storeIdText())) {
            if (!ring.get().replicas(partition).stream().allMatch(this::isUp)) {
                count++;
            }
        }
        return count;
    }

    private boolean isUp(Member member) {
        return rooms().core().peers().isUp(member.getStoreId());
    }

    @Override
    public Map<String, Integer> queueDepthByLoop() {
        Map<String, Integer> depths = new LinkedHashMap<>();
        List<Loop> loops = rooms().core().loops();
        for (int i = 0; i < loops.size(); i++) {
            depths.put("core-" + i, loops.get(i).depth());
        }
        return depths;
    }

    @Override
    public Map<String, Integer> requestsByProtocol() {
        return Map.of(
                "grpc", rooms().clients().requests(), "http", rooms().http().requests());
    }

    @Override
    public Map<String, Long> overloadRejections() {
        Rooms now = rooms();
        return Map.of(
                "grpc", now.clients().overloaded(),
                "http", now.http().overloaded(),
                "loop", now.events().overloads(),
                "peer", now.core().peers().counters().asksNotSent.sum());
    }

    @Override
    public long indexRebuilds() {
        return rooms().core().store().report().indexRebuilds();
    }

    @Override
    public DiskSpace disk() {
        LogReport log = rooms().core().store().report().log();
        return new DiskSpace(log.diskFreeBytes(), log.diskTotalBytes(), log.diskFull());
    }

    @Override
    public ClockState clock() {
        ClockReport clock = rooms().core().peers().clock();
        return new ClockState(
                clock.outOfStep(),
                clock.offsetMillis(),
                rooms().core().peers().counters().framesSkewed.sum());
    }

    @Override
    public LogSpace logSpace() {
        StorageReport storage = rooms().core().store().report();
        CompactionReport compaction = storage.compaction();
        return new LogSpace(
                storage.log().segments(),
                storage.log().logBytes(),
                compaction.liveRatio(),
                compaction.rewrittenBytes(),
                compaction.freedBytes());
    }

    @Override
    public HintSpace hints() {
        HintLog.Report hints = rooms().core().store().report().hints();
        return new HintSpace(hints.hints(), hints.bytes());
    }

    @Override
    public long corruptRecords() {
        return rooms().core().store().report().corruptReads();
    }

    @Override
    public RepairState repair() {
        return repairs.state();
    }

    @Override
    public int peers() {
        return rooms().core().peers().reports().size();
    }

    @Override
    public int peersUp() {
        return (int)
                rooms().core().peers().reports().stream().filter(PeerReport::up).count();
    }
}
