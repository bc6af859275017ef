package io.kvcluster.node.seams;

import java.util.function.Consumer;

/** One node's end of the {@link SimNetwork}. */
public final class SimTransport<F> implements Transport<F> {
    final SimNetwork<F> network;
    final String address;
    Acceptor<F> acceptor;
    boolean dead;
    private final Consumer<Runnable> threads;

    /** @param threads run what the listeners of this node's links hear */
    SimTransport(SimNetwork<F> network, String address, Consumer<Runnable> threads) {
        this.network = network;
        this.address = address;
        this.threads = threads;
    }

    void run(Runnable heard) {
        threads.accept(heard);
    }

    @Override
    public Link<F> connect(String target, boolean bulk, Listener<F> listener) {
        SimLink<F> dialled = new SimLink<>(network, this, address, target);
        dialled.dialler = listener;
        SimLink<F> accepted = new SimLink<>(network, null, target, address);
        dialled.pairWith(accepted);
        network.connect(this, dialled, target);
        return dialled;
    }

    @Override
    public void accept(Acceptor<F> incoming) {
        acceptor = incoming;
    }
}
