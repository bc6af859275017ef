package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.chaos.Strength.Shape;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.proto.ring.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pod and its claim are deleted, and the volume with them: the pod comes back with an empty store, that takes the lost one's place and
 * gets its copies from the others. By itself the operator gives up one store an hour; for the rest a human says that the data is gone
 * for good, and here the run is that human.
 */
final class LostDisks {
    private final Ground ground;
    private final Cluster cluster;
    private final Duration limit;
    private final Random random;

    LostDisks(Ground ground, Duration limit, Random random) {
        this.ground = ground;
        this.cluster = ground.cluster;
        this.limit = limit;
        this.random = random;
    }

    void lose(Shape shape) {
        ground.whileNobodyBreaksNodes(() -> {
            if (!ground.awaitWhole("what came before a lost disk")) {
                return;
            }
            List<Member> members = new ArrayList<>();
            ground.withApi(
                    () -> members.addAll(ground.strength.ring().orElseThrow().members()));
            Member victim = members.get(random.nextInt(members.size()));
            AtomicBoolean done = new AtomicBoolean();
            Fault fault = Fault.make("lost disk " + victim.getName(), () -> {
                ground.withApi(() -> destroy(victim));
                done.set(ground.await(
                        "the store " + victim.getStoreId() + " of " + victim.getName() + " is replaced",
                        limit,
                        () -> isReplaced(victim, shape)));
            });
            if (done.get() && ground.awaitWhole("a lost disk")) {
                ground.made(new Injected(
                        FaultKind.LOST_DISK,
                        victim.getName(),
                        Set.of(),
                        fault,
                        new Injected.Recovery(ChangeLane.since(fault), Optional.empty())));
            }
        });
    }

    private void destroy(Member victim) {
        cluster.deleteClaimOf(victim.getName());
        cluster.pod(victim.getName())
                .ifPresent(pod -> ground.target.client().resource(pod).delete());
    }

    /** Says what {@code blockedBy} asks for, when it does. */
    private boolean isReplaced(Member victim, Shape shape) {
        if (cluster.isReplacementLimited(victim.getName())) {
            cluster.giveUp(victim.getStoreId());
        }
        return ground.strength.is(shape)
                && ground.strength
                        .ring()
                        .orElseThrow()
                        .member(victim.getStoreId())
                        .isEmpty();
    }
}
