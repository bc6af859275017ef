package io.kvcluster.client;

import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that can be asked, and which of them for a key. A request goes only over a connection that stands, as long
 * as there is any: first to the key's replicas, primary first, then to other members, then to seeds. So a node whose own
 * address cannot be reached from here costs nothing, it is just never chosen. Any thread may choose; only
 * {@link Discovery} changes the topology.
 */
final class Nodes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Function<Address, Connection> connector;
    private final KvClientConfig config;
    private final LongSupplier nanoTime;
    private final List<Node> seeds;
    private final Map<Address, Node> byAddress = new ConcurrentHashMap<>();
    private final AtomicReference<Topology> topology = new AtomicReference<>(Topology.UNKNOWN);
    private final AtomicInteger nextSeed = new AtomicInteger();
    private volatile boolean closed;

    Nodes(KvClientConfig config, Function<Address, Connection> connector, LongSupplier nanoTime) {
        this.config = config;
        this.connector = connector;
        this.nanoTime = nanoTime;
        this.seeds = config.seeds().stream().map(this::node).toList();
    }

    Topology topology() {
        return topology.get();
    }

    List<Node> seeds() {
        return seeds;
    }

    /** All that are known, seeds included. */
    Collection<Node> all() {
        return byAddress.values();
    }

    /**
     * The node to ask next about a key.
     *
     * @param tried nodes that have failed this operation: taken again only when nothing else is left
     */
    Node choose(byte[] key, Set<Node> tried) {
        Topology known = topology.get();
        if (known.ring().isPresent()) {
            Ring ring = known.ring().get();
            for (Member replica : ring.replicas(ring.partitionOf(key))) {
                Node node = known.nodesByStore().get(replica.getStoreId());
                if (node != null && node.isGood() && !tried.contains(node)) {
                    return node;
                }
            }
        }
        return chooseAny(tried);
    }

    /** Some node: one that is good and untried, else one that is connected, else a seed. */
    Node chooseAny(Set<Node> tried) {
        List<Node> ready = new ArrayList<>();
        for (Node node : known()) {
            if (node.isReady()) {
                if (node.isGood() && !tried.contains(node)) {
                    return node;
                }
                ready.add(node);
            }
        }
        int turn = Math.floorMod(nextSeed.getAndIncrement(), 1 << 20);
        return ready.isEmpty() ? seeds.get(turn % seeds.size()) : ready.get(turn % ready.size());
    }

    /** The member of that name or store id. */
    Optional<Node> member(String storeId) {
        return Optional.ofNullable(topology.get().nodesByStore().get(storeId));
    }

    /**
     * Takes a ring and the nodes' present addresses; older rings are ignored. How a node names itself may hold only
     * inside the cluster, so for the asked one an address that another told before is kept.
     */
    void adopt(Ring ring, List<NodeView> views, String asked) {
        Topology before = topology.get();
        if (ring.epoch() < before.epoch()) {
            return;
        }
        Map<String, String> addresses = new HashMap<>();
        ring.members().forEach(member -> addresses.put(member.getStoreId(), member.getAddress()));
        views.stream()
                .filter(view -> addresses.containsKey(view.getStoreId())
                        && !view.getAddress().isEmpty())
                .forEach(view -> addresses.put(view.getStoreId(), view.getAddress()));
        Map<String, Node> byStore = new LinkedHashMap<>();
        for (NodeView view : views) {
            Node knownBefore = before.nodesByStore().get(view.getStoreId());
            if (view.getName().equals(asked) && knownBefore != null) {
                addresses.put(view.getStoreId(), knownBefore.address().toString());
            }
        }
        addresses.forEach((storeId, address) -> parsed(address).ifPresent(at -> byStore.put(storeId, node(at))));
        views.stream()
                .filter(NodeView::getUp)
                .map(view -> byStore.get(view.getStoreId()))
                .filter(node -> node != null && !node.isReady())
                .forEach(Node::nudge);
        topology.set(new Topology(Optional.of(ring), byStore, views));
        retireAllBut(byStore.values());
    }

    /** The nodes' present addresses without a ring (the asked node has none yet, or one this client cannot read). */
    void adopt(List<NodeView> views) {
        Topology before = topology.get();
        topology.set(new Topology(before.ring(), before.nodesByStore(), views));
    }

    private Optional<Address> parsed(String address) {
        try {
            return Optional.of(Address.parse(address, config.nodePort()));
        } catch (IllegalArgumentException e) {
            LOG.warn("a member is never asked: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private List<Node> known() {
        Topology known = topology.get();
        List<Node> nodes = new ArrayList<>(known.nodesByStore().values());
        nodes.addAll(seeds);
        return nodes;
    }

    private Node node(Address address) {
        Node node = byAddress.computeIfAbsent(address, this::connect);
        if (closed) {
            node.close(); // a refresh may end after the client was closed
        }
        return node;
    }

    private Node connect(Address address) {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < config.channelsPerNode(); i++) {
            connections.add(connector.apply(address));
        }
        Node node = new Node(address, connections, nanoTime);
        node.nudge();
        return node;
    }

    private void retireAllBut(Collection<Node> members) {
        Set<Node> kept = new HashSet<>(members);
        kept.addAll(seeds);
        for (Node node : List.copyOf(byAddress.values())) {
            if (!kept.contains(node)) {
                byAddress.remove(node.address());
                node.retire();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        byAddress.values().forEach(Node::close);
        try {
            for (Node node : byAddress.values()) {
                node.awaitClosed(CLOSE_NANOS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
