package io.kvcluster.node.membership;

import io.kvcluster.node.peer.LocalStore;
import io.kvcluster.node.peer.PeerReport;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.proto.admin.PeerView;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.MovingTo;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The members as this node sees them: what the ring says of each, and whether it is alive. Any thread. */
public final class Members {
    private final LocalStore self;
    private final RingKeeper keeper;
    private final Supplier<List<PeerReport>> peers;
    private final Supplier<String> ownAddress;
    private final Clock clock;
    private final long startedMillis;
    private volatile @Nullable Shares shares;

    /**
     * @param peers the reports of the peer room
     * @param ownAddress where this node is reached now; empty when nobody said, then the ring's address stands
     */
    public Members(
            LocalStore self,
            RingKeeper keeper,
            Supplier<List<PeerReport>> peers,
            Supplier<String> ownAddress,
            Clock clock) {
        this.self = self;
        this.keeper = keeper;
        this.peers = peers;
        this.ownAddress = ownAddress;
        this.clock = clock;
        this.startedMillis = clock.wallMillis();
    }

    /** In the order of the ring; empty before the first one. */
    public List<NodeView> nodes() {
        Ring ring = keeper.current();
        if (ring == null) {
            return List.of();
        }
        Map<String, PeerReport> reports = reports();
        Shares counted = sharesOf(ring);
        return views(ring.members(), reports, ring, counted);
    }

    /** Where a partition is and, while it moves, where it is on its way to. */
    public GetMappingResponse mapping(Ring ring, int partition) {
        Map<String, PeerReport> reports = reports();
        Shares counted = sharesOf(ring);
        GetMappingResponse.Builder mapping = GetMappingResponse.newBuilder()
                .setPartition(partition)
                .setRingEpoch(ring.epoch())
                .addAllReplicas(views(ring.replicas(partition), reports, ring, counted));
        if (ring.moves(partition)) {
            mapping.setMove(MovingTo.newBuilder()
                    .setPhase(ring.move(partition).getPhase().name())
                    .setCopyEpoch(ring.copyEpoch(partition))
                    .addAllReplicas(views(ring.target(partition), reports, ring, counted)));
        }
        return mapping.build();
    }

    /** The other stores, for the operator's status stream. */
    public List<PeerView> peers() {
        return peers.get().stream()
                .map(report -> PeerView.newBuilder()
                        .setStoreId(report.storeId())
                        .setName(report.name())
                        .setUp(report.up())
                        .setSinceEpochMillis(report.sinceMillis())
                        .build())
                .toList();
    }

    private Map<String, PeerReport> reports() {
        return peers.get().stream().collect(Collectors.toMap(PeerReport::storeId, Function.identity()));
    }

    private List<NodeView> views(List<Member> members, Map<String, PeerReport> reports, Ring ring, Shares counted) {
        return members.stream()
                .map(member -> view(member, reports.get(member.getStoreId()), ring, counted))
                .toList();
    }

    private NodeView view(Member member, @Nullable PeerReport report, Ring ring, Shares counted) {
        NodeView.Builder view = NodeView.newBuilder()
                .setName(member.getName())
                .setStoreId(member.getStoreId())
                .setZone(member.getZone())
                .setAddress(member.getAddress())
                .setState(member.getState().name())
                .setPartitions(counted.partitions().getOrDefault(member.getStoreId(), 0))
                .setPrimaryPartitions(counted.primaries().getOrDefault(member.getStoreId(), 0));
        if (member.getStoreId().equals(self.storeId())) {
            String own = ownAddress.get();
            if (!own.isEmpty()) {
                view.setAddress(own);
            }
            return view.setUp(true)
                    .setSinceEpochMillis(startedMillis)
                    .setLastHeartbeatEpochMillis(clock.wallMillis())
                    .setRingEpoch(ring.epoch())
                    .build();
        }
        if (report == null) {
            return view.setUp(false).build();
        }
        if (!report.address().isEmpty()) {
            view.setAddress(report.address());
        }
        return view.setUp(report.up())
                .setSinceEpochMillis(report.sinceMillis())
                .setLastHeartbeatEpochMillis(report.lastHeardMillis())
                .setRingEpoch(report.ringEpoch())
                .build();
    }

    /** Counted once for each ring. */
    private Shares sharesOf(Ring ring) {
        Shares known = shares;
        if (known == null || !known.ring().equals(ring)) {
            known = Shares.of(ring);
            shares = known;
        }
        return known;
    }

    private record Shares(Ring ring, Map<String, Integer> partitions, Map<String, Integer> primaries) {
        static Shares of(Ring ring) {
            Map<String, Integer> partitions = new HashMap<>();
            Map<String, Integer> primaries = new HashMap<>();
            for (int p = 0; p < ring.partitions(); p++) {
                primaries.merge(ring.primary(p).getStoreId(), 1, Integer::sum);
                for (Member replica : ring.replicas(p)) {
                    partitions.merge(replica.getStoreId(), 1, Integer::sum);
                }
            }
            return new Shares(ring, Map.copyOf(partitions), Map.copyOf(primaries));
        }
    }
}
