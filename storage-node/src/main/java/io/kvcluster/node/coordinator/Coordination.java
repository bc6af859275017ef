package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.peer.PeerRequestHandler;
import io.kvcluster.node.peer.Peers;
import io.kvcluster.node.replica.EpochGate;
import io.kvcluster.node.replica.Merging;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.replica.ReservedStamps;
import io.kvcluster.node.replica.Stamps;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The data plane of a node above its store: a replica for each partition, and what coordinates them. */
public final class Coordination {
    private final Coordinator coordinator;
    private final PeerRequests requests;

    /**
     * What it is joined to.
     *
     * @param actor names this store's stamps
     * @param rings the ring in use, null before the first; any thread
     * @param loops partition p belongs to loop p mod size; each is one of the peers' asking loops
     */
    public record Setup(
            String nodeName,
            Actor actor,
            int partitions,
            Clock clock,
            Supplier<@Nullable Ring> rings,
            RecordStore store,
            Peers peers,
            List<Loop> loops,
            NodeHlc hlc,
            OperationSettings settings) {
        public Setup {
            loops = List.copyOf(loops);
        }
    }

    public Coordination(Setup setup, OperationEvents events, ReplicaEvents replicaEvents) {
        this(setup, events, replicaEvents, Quorum::of);
    }

    Coordination(Setup setup, OperationEvents events, ReplicaEvents replicaEvents, Quorum.Rule rule) {
        Policies policies = new Policies(setup.rings());
        List<PartitionReplica> replicas = replicas(setup, policies, replicaEvents);
        Replication.Node node = new Replication.Node(
                setup.nodeName(),
                setup.actor().storeIdText(),
                setup.clock(),
                setup.peers(),
                new RecordContexts(setup.rings(), setup.hlc()::current),
                events,
                setup.settings(),
                rule);
        this.coordinator = new Coordinator(node, setup.rings(), policies, replicas, setup.loops());
        this.requests = new PeerRequests(replicas, setup.loops(), setup.rings(), coordinator, setup.clock(), events);
    }

    private static List<PartitionReplica> replicas(Setup setup, Policies policies, ReplicaEvents events) {
        EpochGate gate = new EpochGate(setup.rings(), setup.actor().storeIdText());
        List<Stamps> stamps = new ArrayList<>();
        for (Loop loop : setup.loops()) {
            stamps.add(new ReservedStamps(
                    setup.hlc().newClock(),
                    setup.actor(),
                    setup.store(),
                    loop,
                    setup.hlc()::greatest,
                    setup.hlc()::given));
        }
        List<PartitionReplica> replicas = new ArrayList<>();
        for (int p = 0; p < setup.partitions(); p++) {
            Stamps ofLoop = stamps.get(p % stamps.size());
            replicas.add(new PartitionReplica(
                    p, setup.store(), gate, new Merging(policies, ofLoop, events), ofLoop, events));
        }
        return replicas;
    }

    /** What clients' commands go to. */
    public CommandHandler handler() {
        return coordinator;
    }

    /** What peers' requests go to. */
    public PeerRequestHandler requests() {
        return requests;
    }

    /** Serve from now on. Any thread. */
    public void open() {
        coordinator.open();
    }

    /** Refuse clients' new commands from now on; those in flight go on, and peers are served. Any thread. */
    public void close() {
        coordinator.close();
    }

    /** The policy of the ring in use, resolved once for each ring. */
    private static final class Policies implements Supplier<ConflictPolicy> {
        private record Resolved(Ring ring, ConflictPolicy policy) {}

        private final Supplier<@Nullable Ring> rings;
        private volatile @Nullable Resolved resolved;

        Policies(Supplier<@Nullable Ring> rings) {
            this.rings = rings;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the same ring object: equal ones are only resolved again
        public ConflictPolicy get() {
            Ring ring = rings.get();
            if (ring == null) {
                throw new IllegalStateException("records are merged under a ring only");
            }
            Resolved known = resolved;
            if (known == null || known.ring() != ring) {
                known = new Resolved(ring, ConflictPolicy.named(ring.defaults().getConflictResolution()));
                resolved = known;
            }
            return known.policy();
        }
    }
}
