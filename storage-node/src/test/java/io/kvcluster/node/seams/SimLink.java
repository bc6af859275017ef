package io.kvcluster.node.seams;

import io.kvcluster.node.seams.Transport.Listener;
import java.util.ArrayDeque;

/** One end of a link: what it sends arrives at the other end in order, each frame after a delay. */
final class SimLink<F> implements Transport.Link<F> {
    private final SimNetwork<F> network;
    private final String from;
    private final String to;
    private final ArrayDeque<F> underWay = new ArrayDeque<>();
    private SimLink<F> other;
    private long id;
    private Listener<F> listener;
    private boolean ended;
    private boolean delivering;
    private boolean wasFull;

    /** Why this end was closed, for the other end to hear after the frames under way; null: they were thrown away. */
    private String parting;

    /** Who hears this end; null until accepted. */
    SimTransport<F> owner;

    Listener<F> dialler;

    SimLink(SimNetwork<F> network, SimTransport<F> owner, String from, String to) {
        this.network = network;
        this.owner = owner;
        this.from = from;
        this.to = to;
    }

    void pairWith(SimLink<F> accepted) {
        other = accepted;
        accepted.other = this;
        id = network.nextLink();
        accepted.id = id;
    }

    SimLink<F> other() {
        return other;
    }

    String from() {
        return from;
    }

    String to() {
        return to;
    }

    boolean hasEnded() {
        return ended;
    }

    void open(Listener<F> hears) {
        if (ended) {
            return;
        }
        listener = hears;
        hear(() -> hears.opened(this));
    }

    /** On the threads of whoever hears this end, in order. */
    private void hear(Runnable heard) {
        SimTransport<F> hearer = owner;
        if (hearer != null && !hearer.dead) {
            hearer.run(heard);
        }
    }

    @Override
    public boolean isReady() {
        return listener != null && !ended && underWay.size() < network.window();
    }

    @Override
    public void send(F frame) {
        if (ended) {
            return;
        }
        underWay.add(frame);
        wasFull |= underWay.size() >= network.window();
        deliverNext();
    }

    private void deliverNext() {
        if (parting != null && underWay.isEmpty()) {
            network.world().at(network.delay(from, to), () -> other.end(parting));
        }
        if (!delivering && !underWay.isEmpty() && !network.isPartitioned(from, to)) {
            delivering = true;
            network.world().at(network.frameDelay(from, to), this::deliver);
        }
    }

    private void deliver() {
        delivering = false;
        if ((ended && parting == null) || network.isPartitioned(from, to)) {
            return;
        }
        if (other.ended) {
            // It ended while nothing passed: the kernel over there answers with a reset.
            end("connection reset");
            return;
        }
        if (other.owner != null && other.owner.dead) {
            // Its machine lost power: nobody answers, until a new process at that address knows nothing of this link.
            if (network.isThere(to)) {
                end("connection reset");
            }
            return;
        }
        Listener<F> hears = other.listener;
        if (hears == null) {
            delivering = true;
            network.world().at(network.delay(from, to), this::deliver);
            return;
        }
        F frame = underWay.poll();
        network.arrives(id, from, to, frame);
        other.hear(() -> hears.received(frame));
        if (wasFull && underWay.size() < network.window() / 2 + 1) {
            wasFull = false;
            wake();
        }
        deliverNext();
    }

    /** After a partition. */
    void resume() {
        deliverNext();
    }

    @Override
    public void wake() {
        network.world()
                .at(
                        0,
                        () -> hear(() -> {
                            if (listener != null && !ended) {
                                listener.ready();
                            }
                        }));
    }

    @Override
    public void close(String why) {
        network.world().at(0, () -> {
            if (ended) {
                return;
            }
            boolean passable = !network.isPartitioned(from, to);
            // What is under way may still arrive before the end does, or be thrown away by it.
            parting = passable && network.flip() ? why : null;
            end(why);
            if (parting != null) {
                deliverNext();
            } else if (passable) {
                network.world().at(network.delay(from, to), () -> other.end(why));
            }
        });
    }

    void breakNow(String why) {
        network.world().at(0, () -> end(why));
        network.world().at(0, () -> other.end(why));
    }

    private void end(String why) {
        if (ended) {
            return;
        }
        Listener<F> hears = listener != null ? listener : dialler;
        ended = true;
        if (parting == null) {
            underWay.clear();
        }
        network.forget(this);
        if (hears != null) {
            hear(() -> hears.closed(why));
        }
    }

    @Override
    public String remoteAddress() {
        return to;
    }
}
