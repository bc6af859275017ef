package io.kvcluster.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.Operation;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.ring.Ring;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The four conditions. A transition time changes only when the status of the condition does. */
final class Conditions {
    /** Waits that hold back what a user asked for. */
    private static final Set<String> HELD = Set.of("ChangeHeld");
    /** Waits that mean that copies are missing or doubtful. */
    private static final Set<String> DEGRADING =
            Set.of("StoreLost", "RingFork", "ConflictingHistories", "RingRefused", "ClockSkew");

    private final @Nullable KvClusterStatus before;
    private final @Nullable Long generation;
    private final String now;

    Conditions(@Nullable KvClusterStatus before, @Nullable Long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    Condition available(Optional<Ring> ring, Optional<Health> health) {
        if (ring.isEmpty() || health.isEmpty()) {
            return make("Available", false, "NoRing", "the cluster has no ring yet: no partition has an owner");
        }
        if (health.get().withoutQuorum() > 0) {
            return make(
                    "Available",
                    false,
                    "QuorumLost",
                    health.get().withoutQuorum() + " of " + ring.get().partitions()
                            + " partitions have too few live replicas for their quorums; not serving: "
                            + health.get().missingNames());
        }
        return make(
                "Available",
                true,
                "QuorumsServed",
                "all " + ring.get().partitions() + " partitions can serve their quorums");
    }

    Condition progressing(boolean working, List<Wait> waits, Optional<Operation> operation) {
        Optional<Wait> paused =
                waits.stream().filter(wait -> wait.check().equals("Paused")).findFirst();
        if (paused.isPresent()) {
            return make(
                    "Progressing",
                    false,
                    "Paused",
                    paused.get().why() + ". " + paused.get().remedy());
        }
        List<Wait> moving = waits.stream()
                .filter(wait -> !HELD.contains(wait.check()) && !DEGRADING.contains(wait.check()))
                .toList();
        if (!moving.isEmpty()) {
            Wait first = moving.getFirst();
            return make("Progressing", true, first.check(), first.why() + ". Goes on when: " + first.remedy());
        }
        if (operation.isPresent()) {
            return make("Progressing", true, operation.get().type(), Operations.text(operation.get()));
        }
        return working
                ? make("Progressing", true, "Applying", "the spec is being applied")
                : make("Progressing", false, "Settled", "everything that can be done about the spec is done");
    }

    Condition degraded(Optional<Health> health, List<Wait> waits) {
        Optional<Wait> cause =
                waits.stream().filter(wait -> DEGRADING.contains(wait.check())).findFirst();
        if (cause.isPresent()) {
            return make(
                    "Degraded",
                    true,
                    cause.get().check(),
                    cause.get().why() + ". Remedy: " + cause.get().remedy());
        }
        if (health.isPresent() && !health.get().missing().isEmpty()) {
            return make(
                    "Degraded",
                    true,
                    "MembersMissing",
                    "not serving: " + health.get().missingNames() + "; "
                            + health.get().underReplicated()
                            + " partitions have fewer live replicas than copies. It ends when they serve again");
        }
        return health.isPresent()
                ? make("Degraded", false, "FullyReplicated", "every replica of every partition is live")
                : make("Degraded", false, "NoRing", "the cluster has no ring yet");
    }

    /** What works, but not as somebody may expect. */
    Condition warning(List<String> specProblems, Optional<Observation> world, List<Wait> waits) {
        List<String> reasons = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        if (!specProblems.isEmpty()) {
            reasons.add("InvalidSpec");
            messages.add("the spec is not valid and not acted on"
                    + (world.isPresent() ? ", the last valid one stays in force: " : ": ")
                    + String.join("; ", specProblems));
        }
        waits.stream().filter(wait -> HELD.contains(wait.check())).forEach(wait -> {
            reasons.add(wait.check());
            messages.add(wait.why() + ". Remedy: " + wait.remedy());
        });
        world.map(Observation::spec).filter(Conditions::isWeak).ifPresent(spec -> {
            reasons.add("WeakQuorums");
            messages.add(
                    "read + write quorum (" + spec.readQuorum() + " + " + spec.writeQuorum()
                            + ") is not larger than replicationFactor (" + spec.replicationFactor()
                            + "): reads at level eventual may miss acknowledged writes. Raise one of them, or read at level quorum");
        });
        return reasons.isEmpty()
                ? make("Warning", false, "None", "nothing unusual")
                : make("Warning", true, reasons.getFirst(), String.join(". ", messages));
    }

    private static boolean isWeak(KvClusterSpec spec) {
        return spec.readQuorum() + spec.writeQuorum() <= spec.replicationFactor();
    }

    /** The condition of the status before, word for word, if it had one. */
    Optional<Condition> kept(String type) {
        return before == null
                ? Optional.empty()
                : before.conditions().stream()
                        .filter(old -> type.equals(old.getType()))
                        .findFirst();
    }

    private Condition make(String type, boolean holds, String reason, String message) {
        String status = holds ? "True" : "False";
        String since = before == null
                ? now
                : before.conditions().stream()
                        .filter(old -> type.equals(old.getType()) && status.equals(old.getStatus()))
                        .map(Condition::getLastTransitionTime)
                        .findFirst()
                        .orElse(now);
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .withObservedGeneration(generation)
                .build();
    }
}
