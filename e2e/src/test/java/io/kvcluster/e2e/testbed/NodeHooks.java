package io.kvcluster.e2e.testbed;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Faults of the machines under the pods, made by commands of whoever owns the cluster. In a command {pod}, {namespace} and {node} are
 * filled in, in some also {delay} and {offset} as milliseconds. A fault whose commands are not all named is none of the target's abilities.
 */
final class NodeHooks {
    private final KubernetesClient client;
    private final String namespace;
    private final Function<String, Optional<Hook>> hooks;
    /** Where each pod was when something was done to it: it is undone there, also when the API server is away by then. */
    private final Map<String, String> nodeOf = new HashMap<>();

    NodeHooks(KubernetesClient client, String namespace, Function<String, Optional<Hook>> hooks) {
        this.client = client;
        this.namespace = namespace;
        this.hooks = hooks;
    }

    Set<Ability> abilities() {
        Set<Ability> abilities = EnumSet.noneOf(Ability.class);
        boolean heal = has("heal");
        add(abilities, Ability.PARTITION, heal && has("partition"));
        add(abilities, Ability.ONE_WAY_PARTITION, heal && has("partitionOut") && has("partitionIn"));
        add(abilities, Ability.SLOW_LINK, heal && has("slow"));
        add(abilities, Ability.FULL_DISK, has("fillDisk") && has("freeDisk"));
        add(abilities, Ability.CLOCK_OFFSET, has("clock"));
        add(abilities, Ability.NODE_LOSS, has("nodeKill") && has("nodeStart"));
        return abilities;
    }

    private boolean has(String hook) {
        return hooks.apply(hook).isPresent();
    }

    private static void add(Set<Ability> abilities, Ability ability, boolean able) {
        if (able) {
            abilities.add(ability);
        }
    }

    void partition(String pod, Partition how) {
        make(
                switch (how) {
                    case BOTH_WAYS -> "partition";
                    case OUTGOING -> "partitionOut";
                    case INCOMING -> "partitionIn";
                },
                pod,
                Map.of());
    }

    void slowDown(String pod, Duration delay) {
        make("slow", pod, Map.of("delay", Long.toString(delay.toMillis())));
    }

    void heal(String pod) {
        undo("heal", pod);
    }

    void fillDisk(String pod) {
        make("fillDisk", pod, Map.of());
    }

    void freeDisk(String pod) {
        undo("freeDisk", pod);
    }

    void shiftClock(String pod, Duration offset) {
        make("clock", pod, Map.of("offset", Long.toString(offset.toMillis())));
    }

    void killNode(String pod) {
        make("nodeKill", pod, Map.of());
    }

    void startNode(String pod) {
        undo("nodeStart", pod);
    }

    private void make(String hook, String pod, Map<String, String> values) {
        nodeOf.put(
                pod,
                client.pods()
                        .inNamespace(namespace)
                        .withName(pod)
                        .require()
                        .getSpec()
                        .getNodeName());
        run(hook, pod, values);
    }

    private void undo(String hook, String pod) {
        if (!nodeOf.containsKey(pod)) {
            throw new IllegalStateException(hook + " of pod " + pod + ", but nothing was done to it");
        }
        run(hook, pod, Map.of());
    }

    private void run(String hook, String pod, Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("pod", pod);
        all.put("namespace", namespace);
        all.put("node", nodeOf.get(pod));
        hooks.apply(hook)
                .orElseThrow(() -> new IllegalStateException("e2e.hook." + hook + " is not given"))
                .run(all);
    }
}
