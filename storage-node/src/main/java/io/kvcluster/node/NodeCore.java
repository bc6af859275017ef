package io.kvcluster.node;

import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.coordinator.Coordination;
import io.kvcluster.node.coordinator.MissedWrites;
import io.kvcluster.node.coordinator.NodeHlc;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.coordinator.OperationSettings;
import io.kvcluster.node.coordinator.RingPolicies;
import io.kvcluster.node.membership.AddressBook;
import io.kvcluster.node.membership.Members;
import io.kvcluster.node.membership.RingKeeper;
import io.kvcluster.node.membership.Standing;
import io.kvcluster.node.peer.PeerConfig;
import io.kvcluster.node.peer.PeerNetwork;
import io.kvcluster.node.peer.PeerWiring;
import io.kvcluster.node.repair.Repair;
import io.kvcluster.node.repair.RepairConfig;
import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.repair.RepairSetup;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.replica.Replicas;
import io.kvcluster.node.resolver.Resolvers;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.node.storage.IndexFactory;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.Store;
import io.kvcluster.node.storage.StoreConfig;
import io.kvcluster.node.storage.StoreException;
import io.kvcluster.node.storage.StoreListener;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.resolver.ConflictResolver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A node whatever world it lives in: the store, the ring, the peers and the data plane, wired in start order on an
 * {@link Environment} and a {@link Transport}. {@link Node} adds what makes it a process; the simulation runs many on one
 * virtual-time queue.
 */
public final class NodeCore {
    private static final int SERVICE_MAILBOX = 65_536;

    /**
     * The world it lives in.
     *
     * @param peers links to the other nodes; started and closed by whoever made it
     * @param resolvers of users, by name
     */
    public record World(
            Environment environment,
            IndexFactory indexes,
            Transport<PeerFrame> peers,
            Map<String, ConflictResolver> resolvers) {
        /** Without resolvers of users. */
        public World(Environment environment, IndexFactory indexes, Transport<PeerFrame> peers) {
            this(environment, indexes, peers, Map.of());
        }
    }

    /**
     * Who it is, and its bounds.
     *
     * @param address by which peers and the ring know it
     * @param loops core loops; partition p belongs to loop p mod loops
     */
    public record Settings(
            String name,
            String address,
            int loops,
            StoreConfig store,
            PeerConfig peers,
            OperationSettings operations,
            RepairConfig repair) {
        /** With the usual repair. */
        public Settings(
                String name,
                String address,
                int loops,
                StoreConfig store,
                PeerConfig peers,
                OperationSettings operations) {
            this(name, address, loops, store, peers, operations, RepairConfig.defaults());
        }
    }

    /**
     * Who hears of it. Called on its loops; must be cheap.
     *
     * @param standing hears, on the ring's loop, whether a ring names this store
     */
    public record Listeners(
            StoreListener store,
            OperationEvents operations,
            ReplicaEvents replicas,
            RepairEvents repair,
            Consumer<Standing> standing) {
        /** Nobody hears of repair. */
        public Listeners(
                StoreListener store, OperationEvents operations, ReplicaEvents replicas, Consumer<Standing> standing) {
            this(store, operations, replicas, RepairEvents.NONE, standing);
        }
    }

    private final Listeners listeners;
    private final List<Loop> loops;
    private final Loop ringLoop;
    private final Loop peerLoop;
    private final Store store;
    private final RingKeeper keeper;
    private final AddressBook addresses;
    private final PeerNetwork peers;
    private final Members members;
    private final List<PartitionReplica> replicas;
    private final Coordination coordination;
    private final Repair repair;

    /**
     * Opens the store and wires the rest; nothing is heard or said before {@link #start}. Blocks while the log is recovered.
     *
     * @param ready what peers are told: whether clients are served
     */
    public NodeCore(World world, Settings settings, NodeRules rules, Listeners listeners, BooleanSupplier ready)
            throws StoreException {
        this.listeners = listeners;
        Environment environment = world.environment();

        // 1. the store: lock, identity, log; the index may still be rebuilt when it returns
        loops = List.copyOf(environment.newCores(settings.loops(), Limits.LOOP_MAILBOX));
        StoreNews news = new StoreNews(listeners.store());
        store = Store.open(settings.store(), environment, world.indexes(), loops.toArray(Loop[]::new), news);
        RecordStore records = rules.records(store);

        // 2. the ring of the last life, and the peers that it names
        ringLoop = environment.newLoop("ring", SERVICE_MAILBOX);
        peerLoop = environment.newLoop("peer", SERVICE_MAILBOX);
        StoreFacts self = new StoreFacts(settings.name(), settings.address(), store, ready);
        keeper = new RingKeeper(self, environment.disk(), ringLoop);
        NodeHlc hlc = new NodeHlc(environment.clock()::wallMillis, records.hlcFloor());
        AtomicReference<PeerNetwork> network = new AtomicReference<>();
        addresses = new AddressBook(
                self.storeId(),
                environment.disk(),
                ringLoop,
                targets -> network.get().targets(targets));
        peers = new PeerNetwork(
                settings.peers(),
                new PeerWiring(
                        self,
                        keeper,
                        hlc,
                        world.peers(),
                        environment.clock(),
                        environment.newRandom("peers"),
                        peerLoop,
                        loops));
        network.set(peers);
        members = new Members(self, keeper, peers::reports, addresses::ownAddress, environment.clock());

        // 3. the data plane
        RingPolicies policies = new RingPolicies(keeper::current);
        replicas = Replicas.of(
                settings.store().partitions(),
                loops,
                new Replicas.Shared(
                        rules.actor(store.identity()),
                        records,
                        rules.gate(keeper::current, self.storeId()),
                        policies,
                        hlc::newClock,
                        hlc::greatest,
                        hlc::given,
                        listeners.replicas(),
                        rules.showsDurableOnly()));
        coordination = rules.coordination(
                new Coordination.Setup(
                        settings.name(),
                        self.storeId(),
                        environment.clock(),
                        keeper::current,
                        policies,
                        replicas,
                        loops,
                        peers,
                        hlc,
                        settings.operations(),
                        new Coordination.Custom(
                                policies::resolver,
                                new Resolvers(
                                        world.resolvers(),
                                        environment.newWorker("resolver", Resolvers.THREADS, Resolvers.QUEUE),
                                        listeners.operations()))),
                listeners.operations());

        // 4. repair
        repair = rules.repair(
                new RepairSetup(
                        self.storeId(),
                        environment.clock(),
                        keeper::current,
                        replicas.stream().map(PartitionReplica::repair).toList(),
                        loops,
                        peers,
                        store.hints(),
                        store,
                        environment.newRandom("repair"),
                        settings.repair()),
                listeners.repair());
        news.tell(repair);
        coordination.listen(new MissedWrites() {
            @Override
            public void missed(int partition, Key key, byte[] record, long stamp, String storeId) {
                repair.missed(partition, key, record, stamp, storeId);
            }

            @Override
            public void differs(int partition, String storeId) {
                repair.markDirty(partition, storeId);
            }
        });
    }

    /** From here on clients and peers are served. Once. @throws IOException when the ring of the last life cannot be read */
    public void start() throws IOException {
        coordination.open();
        peers.start(repair.before(coordination.requests()));
        keeper.listen(ringLoop, addresses::adopted);
        keeper.listenStanding(ringLoop, listeners.standing());
        addresses.open();
        keeper.open();
        repair.start();
    }

    /** Refuses clients' new commands and closes the links to peers. Any thread. */
    public void leave() {
        coordination.close();
        repair.stop();
        peers.stop();
    }

    /** The end, after {@link #leave}: what is queued becomes durable, then {@code done} runs on one of the store's threads. */
    public void close(Runnable done) {
        store.close(done);
    }

    /** What clients' commands go to. */
    public KeyLister keys() {
        return coordination.keys();
    }

    public CommandHandler handler() {
        return coordination.handler();
    }

    /** By partition; each touched on its loop alone. */
    public List<PartitionReplica> replicas() {
        return replicas;
    }

    public Repair repair() {
        return repair;
    }

    public RingKeeper keeper() {
        return keeper;
    }

    public AddressBook addresses() {
        return addresses;
    }

    public Members members() {
        return members;
    }

    public PeerNetwork peers() {
        return peers;
    }

    public Store store() {
        return store;
    }

    /** Partition p belongs to loop p mod size. */
    public List<Loop> loops() {
        return loops;
    }

    /** Of the keeper; may block. */
    Loop ringLoop() {
        return ringLoop;
    }

    Loop peerLoop() {
        return peerLoop;
    }
}
