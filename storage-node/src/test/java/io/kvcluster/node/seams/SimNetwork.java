package io.kvcluster.node.seams;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The network between simulated nodes: each frame takes a seeded delay, frames of one direction keep their order, a link
 * takes so many frames before it is not ready. A partition swallows nothing: what was sent arrives after it heals, unless
 * the link was broken first; so links over it are half open, as those of TCP.
 */
public final class SimNetwork<F> {
    private static final long CONNECT_TIMEOUT_NANOS = 2_000_000_000L;

    private final SimWorld world;
    private final RandomGenerator random;
    private final Map<String, SimTransport<F>> hosts = new LinkedHashMap<>();
    private final Set<String> partitioned = new HashSet<>();
    private final List<SimLink<F>> links = new ArrayList<>();
    private long minDelayNanos = 100_000;
    private long maxDelayNanos = 1_000_000;
    private int window = 16;

    public SimNetwork(SimWorld world) {
        this.world = world;
        this.random = world.newRandom("network");
    }

    public void delayMicros(long min, long max) {
        minDelayNanos = min * 1_000;
        maxDelayNanos = max * 1_000;
    }

    /** Frames under way in one direction before the link is not ready. */
    public void window(int frames) {
        window = frames;
    }

    /** The transport of the node at this address; replaces one that was killed. */
    public SimTransport<F> join(String address) {
        SimTransport<F> transport = new SimTransport<>(this, address);
        hosts.put(address, transport);
        return transport;
    }

    /** Between two addresses nothing arrives any more, and nobody is told. */
    public void partition(String a, String b) {
        partitioned.add(pair(a, b));
    }

    public void heal(String a, String b) {
        partitioned.remove(pair(a, b));
        links.stream()
                .filter(link -> pair(link.from(), link.to()).equals(pair(a, b)))
                .toList()
                .forEach(SimLink::resume);
    }

    /** Every link between two addresses breaks now; both sides hear it. */
    public void breakLinks(String a, String b) {
        links.stream()
                .filter(link -> pair(link.from(), link.to()).equals(pair(a, b)))
                .toList()
                .forEach(link -> link.breakNow("connection reset"));
    }

    /** The process at the address is gone: it hears nothing more, the others that their links broke. */
    public void kill(String address) {
        SimTransport<F> transport = hosts.remove(address);
        if (transport != null) {
            transport.dead = true;
        }
        links.stream()
                .filter(link -> link.from().equals(address) || link.to().equals(address))
                .toList()
                .forEach(link -> link.breakNow("connection reset"));
    }

    /** Links that are open now. */
    public long open() {
        return links.size();
    }

    void connect(SimTransport<F> from, SimLink<F> dialled, String address) {
        links.add(dialled);
        SimLink<F> accepted = dialled.other();
        if (isPartitioned(from.address, address)) {
            world.at(CONNECT_TIMEOUT_NANOS, () -> dialled.breakNow("connect timed out"));
            return;
        }
        world.at(delay(), () -> {
            if (dialled.hasEnded()) {
                return;
            }
            SimTransport<F> to = hosts.get(address);
            if (to == null || to.acceptor == null) {
                dialled.breakNow("connection refused");
                return;
            }
            links.add(accepted);
            accepted.owner = to;
            accepted.open(to.acceptor.accepted(accepted));
            world.at(delay(), () -> dialled.open(dialled.dialler));
        });
    }

    void forget(SimLink<F> link) {
        links.remove(link);
    }

    boolean isPartitioned(String a, String b) {
        return partitioned.contains(pair(a, b));
    }

    long delay() {
        return minDelayNanos + random.nextLong(maxDelayNanos - minDelayNanos + 1);
    }

    boolean flip() {
        return random.nextBoolean();
    }

    int window() {
        return window;
    }

    SimWorld world() {
        return world;
    }

    private static String pair(String a, String b) {
        return a.compareTo(b) < 0 ? a + " " + b : b + " " + a;
    }
}
