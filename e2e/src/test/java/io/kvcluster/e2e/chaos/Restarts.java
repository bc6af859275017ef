package io.kvcluster.e2e.chaos;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvcluster.e2e.chaos.Strength.Shape;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.traffic.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** New pod templates: rolled out as the operator does, and stopped half-way so that pods of both work together while nodes break. */
final class Restarts {
    private static final String ANNOTATION = "example.com/round";
    private static final Duration MIXED = Duration.ofSeconds(10);

    private final Ground ground;
    private final Cluster cluster;
    private final Duration limit;
    private int round;

    Restarts(Ground ground, Duration limit) {
        this.ground = ground;
        this.cluster = ground.cluster;
        this.limit = limit;
    }

    void rolling(Shape shape) {
        ground.whileNobodyBreaksNodes(() -> {
            if (!ground.awaitWhole("what came before a rolling restart")) {
                return;
            }
            AtomicBoolean done = new AtomicBoolean();
            Fault fault = Fault.make("rolling restart", () -> {
                patch();
                done.set(awaitRolledOut(shape));
            });
            if (done.get() && ground.awaitWhole("a rolling restart")) {
                ground.made(new Injected(
                        FaultKind.ROLLING_RESTART,
                        shape.members() + " pods",
                        Set.of(),
                        fault,
                        new Injected.Recovery(ChangeLane.since(fault), Optional.empty())));
            }
        });
    }

    /**
     * The operator is stopped when the first pod has the new template, and comes back after a while of faults. A pod that is deleted
     * meanwhile comes back from the new one too. Where the target names another image, the new template has that; the program in it is
     * the same.
     */
    void mixed(Shape shape) {
        ground.whileNobodyTouchesTheOperator(() -> {
            AtomicLong updated = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();
            Fault fault = Fault.make("mixed templates", () -> {
                ground.whileNobodyBreaksNodes(() -> updated.set(rollOutToTheFirst(shape)));
                if (updated.get() > 0 && updated.get() < shape.members()) {
                    ground.progress.change("mixed templates, " + updated.get() + " of " + shape.members() + " new");
                    Ground.letPass(MIXED);
                }
                ground.whileNobodyBreaksNodes(() -> {
                    ground.withApi(ground.target::startOperator);
                    done.set(awaitRolledOut(shape) && ground.awaitWhole("mixed templates"));
                });
            });
            if (done.get() && updated.get() > 0 && updated.get() < shape.members()) {
                ground.made(new Injected(
                        FaultKind.MIXED_VERSIONS,
                        updated.get() + " new of " + shape.members(),
                        Set.of(),
                        fault,
                        Injected.Recovery.NONE));
            }
        });
    }

    /** Leaves the operator stopped. @return how many pods have the new template then; 0 when something is wrong */
    private long rollOutToTheFirst(Shape shape) {
        if (!ground.awaitWhole("what came before mixed templates")) {
            return 0;
        }
        patch();
        boolean one = ground.await("the first pod with the new template", limit, () -> updated(cluster.pods()) > 0);
        ground.withApi(ground.target::stopOperator);
        boolean whole = one
                && ground.await(
                        "every pod is back without the operator",
                        limit,
                        () -> ChangeLane.areReady(cluster.pods(), shape.members()))
                && ground.awaitWhole("the first pods with the new template");
        AtomicLong updated = new AtomicLong();
        ground.withApi(() -> updated.set(updated(cluster.pods())));
        return whole ? updated.get() : 0;
    }

    private void patch() {
        round++;
        String image = ground.target
                .otherNodeImage()
                .map(other -> ", \"image\": " + (round % 2 == 1 ? "\"" + other + "\"" : "null"))
                .orElse("");
        String template =
                "\"podTemplate\": {\"metadata\": {\"annotations\": {\"" + ANNOTATION + "\": \"" + round + "\"}}}";
        ground.withApi(() -> cluster.patchSpec("{" + template + image + "}"));
    }

    private boolean awaitRolledOut(Shape shape) {
        return ground.await("every pod has the new template", limit, () -> {
            List<Pod> pods = cluster.pods();
            return ChangeLane.areReady(pods, shape.members()) && updated(pods) == shape.members();
        });
    }

    private long updated(List<Pod> pods) {
        return pods.stream()
                .filter(pod -> Integer.toString(round)
                        .equals(Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.<String, String>of())
                                .get(ANNOTATION)))
                .count();
    }
}
