package io.kvcluster.node.seams.experiment;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.Transport;

/** A link dialled into the void: nobody refuses and nobody answers. */
final class Unanswered<F> implements Transport.Link<F> {
    private final Loop loop;
    private final String address;
    private final Transport.Listener<F> owner;
    private boolean ended;

    Unanswered(Loop loop, String address, Transport.Listener<F> owner) {
        this.loop = loop;
        this.address = address;
        this.owner = owner;
    }

    /** On the loop. */
    void end(String why) {
        if (!ended) {
            ended = true;
            owner.closed(why);
        }
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public void send(F frame) {}

    @Override
    public void wake() {}

    @Override
    public void close(String why) {
        loop.post(() -> end(why));
    }

    @Override
    public String remoteAddress() {
        return address;
    }
}
