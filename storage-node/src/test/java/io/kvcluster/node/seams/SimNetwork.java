package io.kvcluster.node.seams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The network between simulated nodes, as connections of TCP show it: each frame takes a seeded delay, frames of one link and
 * direction keep their order, those of different links do not, a link takes so many frames before it is not ready. A packet that
 * is lost is sent again by TCP, so a loss shows as a long delay. A partition swallows nothing: what was sent arrives after it
 * heals, unless the link was broken first; so links over it are half open. Nothing arrives twice.
 */
public final class SimNetwork<F> {
    private static final long CONNECT_TIMEOUT_NANOS = 2_000_000_000L;
    private static final long RETRANSMISSION_NANOS = 200_000_000L;

    private final SimWorld world;
    private final RandomGenerator random;
    private final Map<String, SimTransport<F>> hosts = new LinkedHashMap<>();
    private final Set<Direction> partitioned = new HashSet<>();
    private final Map<Direction, Long> slow = new HashMap<>();
    private final List<SimLink<F>> links = new ArrayList<>();
    private long minDelayNanos = 100_000;
    private long maxDelayNanos = 1_000_000;
    private int window = 16;
    private int lossPerMillion;
    private long linksMade;
    private Arrivals<F> arrivals = (link, from, to, frame) -> {};

    private record Direction(String from, String to) {}

    /** Hears of each frame as it reaches the other machine. {@code link} is the same for both directions of a link. */
    public interface Arrivals<F> {
        void arrives(long link, String from, String to, F frame);
    }

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

    /** Of a million frames so many need a retransmission. */
    public void lossPerMillion(int frames) {
        lossPerMillion = frames;
    }

    public void watch(Arrivals<F> watcher) {
        arrivals = watcher;
    }

    /** The transport of the node at this address; replaces one that was killed. */
    public SimTransport<F> join(String address) {
        return join(address, Runnable::run);
    }

    /** @param threads run what the node's listeners hear, in order; a dead or paused process runs nothing */
    public SimTransport<F> join(String address, Consumer<Runnable> threads) {
        SimTransport<F> transport = new SimTransport<>(this, address, threads);
        hosts.put(address, transport);
        return transport;
    }

    /** Between two addresses nothing arrives any more, and nobody is told. */
    public void partition(String a, String b) {
        partitionOneWay(a, b);
        partitionOneWay(b, a);
    }

    /** What {@code from} sends does not arrive at {@code to}; the other way it does. */
    public void partitionOneWay(String from, String to) {
        partitioned.add(new Direction(from, to));
    }

    public void heal(String a, String b) {
        partitioned.remove(new Direction(a, b));
        partitioned.remove(new Direction(b, a));
        between(a, b).forEach(SimLink::resume);
    }

    /** Frames from one address to another take so much longer; 0 ends it. */
    public void slow(String from, String to, long nanos) {
        slow.put(new Direction(from, to), nanos);
    }

    /** Every link between two addresses breaks now; both sides hear it. */
    public void breakLinks(String a, String b) {
        between(a, b).forEach(link -> link.breakNow("connection reset"));
    }

    private List<SimLink<F>> between(String a, String b) {
        return links.stream()
                .filter(link -> (link.from().equals(a) && link.to().equals(b))
                        || (link.from().equals(b) && link.to().equals(a)))
                .toList();
    }

    /** The machine at the address lost power: nobody is told, its links stay half open. */
    public void vanish(String address) {
        SimTransport<F> transport = hosts.remove(address);
        if (transport != null) {
            transport.dead = true;
        }
    }

    boolean isThere(String address) {
        return hosts.containsKey(address);
    }

    void arrives(long link, String from, String to, F frame) {
        arrivals.arrives(link, from, to, frame);
    }

    long nextLink() {
        return ++linksMade;
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
        if (isPartitioned(from.address, address) || isPartitioned(address, from.address)) {
            world.at(CONNECT_TIMEOUT_NANOS, () -> dialled.breakNow("connect timed out"));
            return;
        }
        world.at(delay(from.address, address), () -> {
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
            to.run(() -> accepted.open(to.acceptor.accepted(accepted)));
            world.at(delay(address, from.address), () -> dialled.open(dialled.dialler));
        });
    }

    void forget(SimLink<F> link) {
        links.remove(link);
    }

    boolean isPartitioned(String a, String b) {
        return !partitioned.isEmpty() && partitioned.contains(new Direction(a, b));
    }

    long delay(String from, String to) {
        long delay = minDelayNanos + random.nextLong(maxDelayNanos - minDelayNanos + 1);
        return slow.isEmpty() ? delay : delay + slow.getOrDefault(new Direction(from, to), 0L);
    }

    /** Of a frame: sometimes it was lost and came with the retransmission. */
    long frameDelay(String from, String to) {
        boolean lost = lossPerMillion > 0 && random.nextInt(1_000_000) < lossPerMillion;
        return delay(from, to) + (lost ? RETRANSMISSION_NANOS + random.nextLong(RETRANSMISSION_NANOS) : 0);
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
}
