package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a {@link PeerNetwork} is joined to.
 *
 * @param loop owns links and liveness; not one of the {@code askers}
 * @param askers the loops that may ask, at most 127; an answer is heard on the loop that asked
 * @param random used on {@code loop} only
 */
public record PeerWiring(
        LocalStore self,
        RingExchange rings,
        HlcObserver hlc,
        Transport<PeerFrame> transport,
        Clock clock,
        RandomGenerator random,
        Loop loop,
        List<Loop> askers) {
    public PeerWiring {
        askers = List.copyOf(askers);
        if (askers.isEmpty() || askers.size() > 127) {
            throw new IllegalArgumentException("1..127 asking loops, not " + askers.size());
        }
    }
}
