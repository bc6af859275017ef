package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.peer.AnswerListener;
import io.kvcluster.node.peer.PeerFailure;
import io.kvcluster.node.peer.Peers;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.wire.Forwards;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.function.Consumer;

/**
 * A command for a partition of which this node holds no copy: the first live replica coordinates it. One hop. A write that
 * may have arrived there is never sent to another replica: it would get a second dot. A read is.
 */
final class Forward {
    private final Command command;
    private final Ring ring;
    private final List<Member> replicas;
    private final Peers peers;
    private final Clock clock;
    private final Loop loop;
    private final OperationTrace trace;
    private final Consumer<Outcome> done;
    private int next;

    Forward(
            Command command,
            Ring ring,
            int partition,
            Peers peers,
            Clock clock,
            Loop loop,
            OperationTrace trace,
            Consumer<Outcome> done) {
        this.command = command;
        this.ring = ring;
        this.replicas = ring.replicas(partition).stream()
                .sorted((a, b) -> Boolean.compare(peers.isUp(b.getStoreId()), peers.isUp(a.getStoreId())))
                .toList();
        this.peers = peers;
        this.clock = clock;
        this.loop = loop;
        this.trace = trace;
        this.done = done;
    }

    void start() {
        if (next == replicas.size()) {
            done.accept(new Outcome.NotApplied(
                    Reason.NOT_ENOUGH_REPLICAS,
                    true,
                    "none of the " + replicas.size() + " replicas of the key can be reached"));
            return;
        }
        Member to = replicas.get(next++);
        trace.asked(to.getName(), OperationTrace.Step.FORWARD);
        PeerMessage.Builder message =
                Replication.message(ring, trace).setForwardRequest(Forwards.encode(command, clock.nanos()));
        peers.ask(to.getStoreId(), message, loop, command.deadlineNanos(), new AnswerListener() {
            @Override
            public void answered(PeerMessage answer) {
                done.accept(
                        answer.hasForwardAnswer()
                                ? Forwards.decode(answer.getForwardAnswer())
                                : new Outcome.Unknown(
                                        Reason.INTERNAL, "node " + to.getName() + " gave an answer of another kind"));
            }

            @Override
            public void failed(PeerFailure why) {
                ended(to, why);
            }
        });
    }

    private void ended(Member to, PeerFailure why) {
        boolean read = command instanceof Command.Get;
        switch (why) {
            case NOT_SENT -> start();
            case LOST -> {
                if (read) {
                    start();
                } else {
                    done.accept(new Outcome.Unknown(
                            Reason.PEER_LOST,
                            "the link to node " + to.getName()
                                    + ", which coordinates the key, broke; the write may have been applied"));
                }
            }
            case TIMEOUT ->
                done.accept(new Outcome.Unknown(
                        Reason.TIMEOUT,
                        "node " + to.getName() + ", which coordinates the key, did not answer in time"
                                + (read ? "" : "; the write may have been applied")));
        }
    }
}
