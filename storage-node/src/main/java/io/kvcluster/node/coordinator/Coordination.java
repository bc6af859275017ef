package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.peer.PeerRequestHandler;
import io.kvcluster.node.peer.Peers;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.resolver.Resolvers;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The room's front: what coordinates clients' operations, and what serves those of other coordinators. */
public final class Coordination {
    private final Coordinator coordinator;
    private final PeerRequests requests;
    private volatile MissedWrites missed = MissedWrites.NOBODY;

    /**
     * Users' resolvers.
     *
     * @param name of the one in force, null for none; any thread
     */
    public record Custom(Supplier<@Nullable String> name, Resolvers resolvers) {}

    /**
     * What it is joined to.
     *
     * @param rings the ring in use, null before the first; any thread
     * @param replicas by partition
     * @param custom null when there are no resolvers
     * @param loops partition p belongs to loop p mod size; each is one of the peers' asking loops
     */
    public record Setup(
            String nodeName,
            String storeId,
            Clock clock,
            Supplier<@Nullable Ring> rings,
            Supplier<ConflictPolicy> policies,
            List<PartitionReplica> replicas,
            List<Loop> loops,
            Peers peers,
            NodeHlc hlc,
            OperationSettings settings,
            @Nullable Custom custom) {
        /** Without resolvers of users. */
        public Setup(
                String nodeName,
                String storeId,
                Clock clock,
                Supplier<@Nullable Ring> rings,
                Supplier<ConflictPolicy> policies,
                List<PartitionReplica> replicas,
                List<Loop> loops,
                Peers peers,
                NodeHlc hlc,
                OperationSettings settings) {
            this(nodeName, storeId, clock, rings, policies, replicas, loops, peers, hlc, settings, null);
        }

        public Setup {
            replicas = List.copyOf(replicas);
            loops = List.copyOf(loops);
        }
    }

    public Coordination(Setup setup, OperationEvents events) {
        this(setup, events, Quorum::of);
    }

    /** @param rule what levels mean; tests take parts of it away */
    Coordination(Setup setup, OperationEvents events, Quorum.Rule rule) {
        Replication.Node node = new Replication.Node(
                setup.nodeName(),
                setup.storeId(),
                setup.clock(),
                setup.peers(),
                setup.hlc(),
                new Resolution(setup.custom(), setup.hlc()),
                new RecordContexts(setup.rings(), setup.hlc()::current),
                events,
                setup.settings(),
                rule,
                () -> missed,
                new RingNews(setup.rings(), setup.peers()));
        this.coordinator = new Coordinator(node, setup.rings(), setup.policies(), setup.replicas(), setup.loops());
        this.requests =
                new PeerRequests(setup.replicas(), setup.loops(), setup.rings(), coordinator, setup.clock(), events);
    }

    /** What clients' commands go to. */
    public CommandHandler handler() {
        return coordinator;
    }

    /** What listings of keys go to. */
    public KeyLister keys() {
        return coordinator;
    }

    /** What peers' requests go to. */
    public PeerRequestHandler requests() {
        return requests;
    }

    /** Who hears of writes that replicas missed, from now on. Any thread. */
    public void listen(MissedWrites listener) {
        missed = listener;
    }

    /** Serve from now on. Any thread. */
    public void open() {
        coordinator.open();
    }

    /** Refuse clients' new commands from now on; those in flight go on, and peers are served. Any thread. */
    public void close() {
        coordinator.close();
    }
}
