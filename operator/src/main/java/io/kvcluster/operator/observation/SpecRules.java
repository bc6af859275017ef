package io.kvcluster.operator.observation;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.ConflictResolution;
import io.kvcluster.crd.Durability;
import io.kvcluster.crd.Healing;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.Topology;
import io.kvcluster.operator.resources.Durations;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.resources.NodeStatefulSet;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a spec once more: an API server with an older CRD, or none of its rules, must not make the operator act on
 * nonsense. And those that no schema can say.
 */
public final class SpecRules {
    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern RESOLVER = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?");
    private static final BigDecimal LEAST_SIZE = new BigDecimal(64 * 1024 * 1024);

    private final List<String> problems = new ArrayList<>();

    private SpecRules() {}

    /** The applied spec when it keeps every rule, else the last valid one from the annotation. */
    public static Steering steer(KvCluster cluster) {
        KvClusterSpec applied = cluster.getSpec();
        Optional<KvClusterSpec> last = lastValid(cluster);
        List<String> problems = problems(cluster.getMetadata().getName(), applied, last.orElse(null));
        return new Steering(problems.isEmpty() ? Optional.ofNullable(applied) : last, problems);
    }

    /**
     * Every broken rule, each naming field, value and rule.
     *
     * @param before the spec that was valid last, for what may not change
     */
    public static List<String> problems(String name, @Nullable KvClusterSpec spec, @Nullable KvClusterSpec before) {
        SpecRules rules = new SpecRules();
        rules.require(name.length() <= 30, "metadata.name is " + name + " but may have at most 30 characters");
        rules.require(
                NAME.matcher(name).matches(),
                "metadata.name is " + name
                        + " but must start with a letter, end with a letter or digit and consist of a-z, 0-9 and -");
        if (spec == null) {
            rules.problems.add("spec is absent but required");
            return rules.problems;
        }
        rules.numbers(spec);
        rules.topology(spec);
        rules.resolver(spec);
        rules.storage(spec);
        rules.timing(spec);
        rules.problems.addAll(NodeStatefulSet.overlayProblems(spec));
        if (before != null) {
            rules.unchanged(spec, before);
        }
        return rules.problems;
    }

    private static Optional<KvClusterSpec> lastValid(KvCluster cluster) {
        Map<String, String> annotations = cluster.getMetadata().getAnnotations();
        String json = annotations == null ? null : annotations.get(Labels.LAST_VALID_SPEC);
        if (json == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Serialization.unmarshal(json, KvClusterSpec.class));
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }

    private void numbers(KvClusterSpec spec) {
        range("spec.replicas", spec.replicas(), 1, 256);
        range("spec.replicationFactor", spec.replicationFactor(), 1, 7);
        require(
                spec.replicationFactor() <= spec.replicas(),
                "spec.replicationFactor is " + spec.replicationFactor()
                        + " but must be at most spec.replicas, which is " + spec.replicas());
        range("spec.quorums.read", spec.readQuorum(), 1, spec.replicationFactor());
        range("spec.quorums.write", spec.writeQuorum(), 1, spec.replicationFactor());
        int partitions = spec.partitions();
        require(
                partitions >= 8 && partitions <= 1024 && Integer.bitCount(partitions) == 1,
                "spec.partitions is " + partitions + " but must be a power of two from 8 to 1024");
        require(
                spec.replicas() <= partitions,
                "spec.replicas is " + spec.replicas() + " but must be at most spec.partitions, which is " + partitions);
    }

    private void topology(KvClusterSpec spec) {
        Topology topology = spec.topology();
        if (topology == null) {
            return;
        }
        range("the number of spec.topology.zones", topology.zones().size(), 1, 16);
        require(
                topology.zones().size() <= spec.replicas(),
                "spec.topology.zones names " + topology.zones().size() + " zones but spec.replicas is "
                        + spec.replicas());
        require(
                new HashSet<>(topology.zones()).size() == topology.zones().size(),
                "spec.topology.zones names a zone twice");
        topology.zones()
                .forEach(zone -> require(
                        ZONE.matcher(zone).matches(),
                        "spec.topology.zones names " + zone
                                + " but a zone must be a label value of 1 to 63 characters"));
    }

    private void resolver(KvClusterSpec spec) {
        String resolver = spec.resolver();
        require(
                (spec.conflictResolution() == ConflictResolution.CUSTOM) == (resolver != null),
                "spec.resolver must be given when spec.conflictResolution is Custom, and only then");
        require(
                resolver == null || RESOLVER.matcher(resolver).matches(),
                "spec.resolver is " + resolver + " but must be 1 to 63 of a-z, 0-9 and -");
    }

    private void storage(KvClusterSpec spec) {
        String size = spec.storage().size();
        if (!SIZE.matcher(size).matches()) {
            problems.add("spec.storage.size is " + size + " but must be a quantity such as 10Gi");
            return;
        }
        require(bytes(size).compareTo(LEAST_SIZE) >= 0, "spec.storage.size is " + size + " but must be at least 64Mi");
    }

    private void timing(KvClusterSpec spec) {
        boolean periodic = spec.durability() == Durability.PERIODIC;
        require(
                periodic == (spec.fsyncIntervalMillis() != null),
                "spec.fsyncIntervalMillis must be given when spec.durability is Periodic, and only then");
        if (periodic && spec.fsyncIntervalMillis() != null) {
            range("spec.fsyncIntervalMillis", spec.fsyncIntervalMillis(), 1, 10_000);
        }
        healing(spec.healing());
    }

    private void healing(Healing healing) {
        Optional<Duration> downAfter = Durations.parse(healing.downAfter());
        Optional<Duration> replaceAfter = Durations.parse(healing.replaceAfter());
        require(
                isFrom(downAfter, Duration.ofSeconds(2), Duration.ofMinutes(10)),
                "spec.healing.downAfter is " + healing.downAfter() + " but must be from 2s to 10m");
        require(
                isFrom(replaceAfter, Duration.ofSeconds(10), Duration.ofHours(168)),
                "spec.healing.replaceAfter is " + healing.replaceAfter() + " but must be from 10s to 168h");
        require(
                downAfter.isEmpty()
                        || replaceAfter.isEmpty()
                        || replaceAfter.get().compareTo(downAfter.get()) >= 0,
                "spec.healing.replaceAfter is " + healing.replaceAfter()
                        + " but must be at least spec.healing.downAfter, " + healing.downAfter());
    }

    private static boolean isFrom(Optional<Duration> duration, Duration least, Duration most) {
        return duration.filter(value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0)
                .isPresent();
    }

    private void unchanged(KvClusterSpec spec, KvClusterSpec before) {
        require(
                spec.partitions().equals(before.partitions()),
                "spec.partitions is immutable: it was " + before.partitions() + " and cannot become "
                        + spec.partitions());
        Topology topology = spec.topology();
        Topology was = before.topology();
        require(
                (topology == null) == (was == null),
                "spec.topology cannot be added or removed once the cluster exists");
        if (topology != null && was != null) {
            require(topology.key().equals(was.key()), "spec.topology.key is immutable");
        }
        String size = spec.storage().size();
        require(
                !SIZE.matcher(size).matches()
                        || bytes(size).compareTo(bytes(before.storage().size())) >= 0,
                "spec.storage.size may only grow: it was " + before.storage().size() + " and cannot become " + size);
        require(
                String.valueOf(spec.storage().storageClassName())
                        .equals(String.valueOf(before.storage().storageClassName())),
                "spec.storage.storageClassName is immutable");
    }

    private static BigDecimal bytes(String quantity) {
        return Quantity.getAmountInBytes(Quantity.parse(quantity));
    }

    private void range(String field, int value, int least, int most) {
        require(value >= least && value <= most, field + " is " + value + " but must be from " + least + " to " + most);
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }
}
