package io.kvcluster.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.kvcluster.crd.Blocker;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.crd.Operation;
import io.kvcluster.crd.RingStatus;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Steering;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.Ring;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One observation and what its plan waits for -> the status. Pure. */
public final class StatusCalculator {
    private static final String NEXT_CHECK = "within 10s, and whenever something changes";

    private StatusCalculator() {}

    /**
     * @param working steps were done in this pass that bring the cluster nearer to its spec
     * @param progress of the ring towards what is wanted
     */
    public static KvClusterStatus of(Observation world, List<Wait> waits, boolean working, Progress progress) {
        KvClusterStatus before = world.cluster().getStatus();
        Optional<Ring> ring = world.ring();
        Optional<Health> health = ring.map(known -> Health.of(world, known));
        List<MemberStatus> members = Members.of(world, before);
        Conditions conditions = new Conditions(before, generation(world.cluster()), world.now());
        Optional<Operation> operation = Operations.of(world, progress, before);
        // An operator that has just started has heard of nobody: that is no news about the cluster.
        boolean keeps = Members.keepsAny(world, before);
        List<Condition> all = List.of(
                kept(keeps, conditions, "Available", () -> conditions.available(ring, health)),
                conditions.progressing(working, waits, operation),
                kept(keeps, conditions, "Degraded", () -> conditions.degraded(health, waits)),
                conditions.warning(world.steering().problems(), Optional.of(world), waits));
        int pods = (int)
                world.pods().values().stream().filter(pod -> !pod.isLeaving()).count();
        int ready = (int) world.pods().values().stream()
                .filter(pod -> !pod.isLeaving() && pod.isReady())
                .count();
        String versions = Members.versions(world);
        return new KvClusterStatus(
                generation(world.cluster()),
                phase(world, all),
                pods,
                ready,
                ready + "/" + world.spec().replicas(),
                world.spec().readQuorum() + "/" + world.spec().writeQuorum(),
                Labels.selectorText(world.key().name()),
                !versions.isEmpty() ? versions : before == null ? null : before.version(),
                ring.map(known -> new RingStatus(
                                known.epoch(),
                                known.clusterId(),
                                known.partitions(),
                                keeps && before != null && before.ring() != null
                                        ? before.ring().underReplicatedPartitions()
                                        : health.map(Health::underReplicated).orElse(0)))
                        .orElse(null),
                operation.orElse(null),
                members,
                all,
                blockers(before, waits, world.now()));
    }

    /** For a cluster whose spec is not valid and never was: there is nothing to observe. */
    public static KvClusterStatus invalid(KvCluster cluster, Steering steering, Instant now) {
        KvClusterStatus before = cluster.getStatus();
        Conditions conditions = new Conditions(before, generation(cluster), now);
        List<Wait> waits =
                List.of(new Wait("InvalidSpec", "spec", String.join("; ", steering.problems()), "correct the spec"));
        return new KvClusterStatus(
                generation(cluster),
                "Invalid",
                0,
                0,
                null,
                null,
                Labels.selectorText(cluster.getMetadata().getName()),
                null,
                null,
                null,
                List.of(),
                List.of(
                        conditions.available(Optional.empty(), Optional.empty()),
                        conditions.progressing(false, waits, Optional.empty()),
                        conditions.degraded(Optional.empty(), List.of()),
                        conditions.warning(steering.problems(), Optional.empty(), List.of())),
                blockers(before, waits, now));
    }

    /** Live members and partitions short of a copy, for metrics. */
    public static int liveMembers(KvClusterStatus status) {
        return (int) status.members().stream().filter(MemberStatus::live).count();
    }

    private static String phase(Observation world, List<Condition> conditions) {
        if (world.spec().paused()) {
            return "Paused";
        }
        if (world.ring().isEmpty()) {
            return "Pending";
        }
        if (!is(conditions, "Available")) {
            return "Unavailable";
        }
        if (is(conditions, "Degraded")) {
            return "Degraded";
        }
        return is(conditions, "Progressing") || world.pods().values().stream().anyMatch(PodView::isLeaving)
                ? "Updating"
                : "Ready";
    }

    private static Condition kept(boolean keeps, Conditions conditions, String type, Supplier<Condition> calculated) {
        return (keeps ? conditions.kept(type) : Optional.<Condition>empty()).orElseGet(calculated);
    }

    private static boolean is(List<Condition> conditions, String type) {
        return conditions.stream()
                .anyMatch(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private static List<Blocker> blockers(@Nullable KvClusterStatus before, List<Wait> waits, Instant now) {
        return waits.stream()
                .map(wait -> new Blocker(
                        wait.check(), wait.object(), wait.why(), since(before, wait, now), NEXT_CHECK, wait.remedy()))
                .toList();
    }

    private static String since(@Nullable KvClusterStatus before, Wait wait, Instant now) {
        return before == null
                ? now.truncatedTo(ChronoUnit.SECONDS).toString()
                : before.blockedBy().stream()
                        .filter(old -> wait.check().equals(old.check())
                                && wait.object().equals(old.object()))
                        .map(Blocker::since)
                        .findFirst()
                        .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static @Nullable Long generation(KvCluster cluster) {
        return cluster.getMetadata().getGeneration();
    }
}
