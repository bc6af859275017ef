package io.kvcluster.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.operator.observation.World;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NodeStatefulSetTest {
    private static StatefulSet desired(String spec, String zone) {
        World world = World.justApplied(spec);
        return NodeStatefulSet.desired(world.cluster(), world.cluster().getSpec(), zone, 2, "node:default");
    }

    @Test
    void podsStartTogetherAndAreReplacedByTheOperatorOnly() {
        StatefulSet set = desired("{replicas: 3}", "");
        assertThat(set.getMetadata().getName()).isEqualTo("demo");
        assertThat(set.getSpec().getReplicas()).isEqualTo(2);
        assertThat(set.getSpec().getPodManagementPolicy()).isEqualTo("Parallel");
        assertThat(set.getSpec().getUpdateStrategy().getType()).isEqualTo("OnDelete");
        assertThat(set.getSpec().getServiceName()).isEqualTo("demo-nodes");
        assertThat(set.getMetadata().getOwnerReferences())
                .extracting(OwnerReference::getKind, OwnerReference::getController)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("KvCluster", true));
    }

    @Test
    void selectorsUseOwnLabelsOnly() {
        StatefulSet set = desired("{replicas: 3, topology: {zones: [a, b]}}", "a");
        assertThat(set.getSpec().getSelector().getMatchLabels())
                .containsOnlyKeys(Labels.CLUSTER, Labels.COMPONENT, Labels.ZONE);
        assertThat(set.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(set.getSpec().getSelector().getMatchLabels());
    }

    @Test
    void aZoneBecomesNodeAffinity() {
        var term = desired("{replicas: 3, topology: {key: rack, zones: [a, b]}}", "a")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms()
                .getFirst()
                .getMatchExpressions()
                .getFirst();
        assertThat(term.getKey()).isEqualTo("rack");
        assertThat(term.getValues()).containsExactly("a");
        assertThat(desired("{replicas: 3}", "")
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getAffinity())
                .isNull();
    }

    @Test
    void theNodeIsToldWhatItMayNotGuess() {
        var environment = container(desired(
                        "{replicas: 3, partitions: 128, durability: Periodic, fsyncIntervalMillis: 20, topology: {zones: [a]}}",
                        "a"))
                .getEnv()
                .stream()
                .filter(variable -> variable.getValue() != null)
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
        assertThat(environment)
                .containsEntry("KV_CLUSTER", "demo")
                .containsEntry("KV_ZONE", "a")
                .containsEntry("KV_ADDRESS", "$(KV_NODE_NAME).demo-nodes.ns.svc")
                .containsEntry("KV_DATA_DIR", "/data")
                .containsEntry("KV_RING_FILE", "/etc/kvcluster/ring/ring.json")
                .containsEntry("KV_DURABILITY", "Periodic:20")
                .containsEntry("KV_PARTITIONS", "128")
                .containsEntry("KV_SHUTDOWN_GRACE_MILLIS", "10000");
    }

    @Test
    void theNameComesBeforeTheAddressThatIsMadeOfIt() {
        assertThat(container(desired("{replicas: 3}", "")).getEnv().getFirst().getName())
                .isEqualTo("KV_NODE_NAME");
    }

    @Test
    void podsMayDoAsLittleAsPossible() {
        PodSpec pod = desired("{replicas: 3}", "").getSpec().getTemplate().getSpec();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        var security = pod.getContainers().getFirst().getSecurityContext();
        assertThat(security.getReadOnlyRootFilesystem()).isTrue();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void aDrainingNodeHasTimeBeforeItIsKilled() {
        PodSpec pod = desired("{replicas: 3}", "").getSpec().getTemplate().getSpec();
        long preStop = container(desired("{replicas: 3}", ""))
                .getLifecycle()
                .getPreStop()
                .getSleep()
                .getSeconds();
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThan(preStop + 10);
    }

    @Test
    void anOverlayMergesByNameAndReplacesScalars() {
        StatefulSet set = desired("""
                {replicas: 3, podTemplate: {
                  metadata: {labels: {team: x}},
                  spec: {
                    terminationGracePeriodSeconds: 60,
                    tolerations: [{key: a, operator: Exists}],
                    volumes: [{name: extra, emptyDir: {}}],
                    containers: [
                      {name: storage-node, env: [{name: JAVA_OPTS, value: -Xmx1g}], resources: {limits: {memory: 1Gi}}},
                      {name: sidecar, image: side:1}]}}}
                """, "");
        PodSpec pod = set.getSpec().getTemplate().getSpec();
        assertThat(set.getSpec().getTemplate().getMetadata().getLabels())
                .containsEntry("team", "x")
                .containsEntry(Labels.CLUSTER, "demo");
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(60);
        assertThat(pod.getVolumes()).extracting(volume -> volume.getName()).containsExactly("ring", "tmp", "extra");
        assertThat(pod.getContainers()).extracting(Container::getName).containsExactly("storage-node", "sidecar");
        assertThat(container(set).getEnv()).extracting(EnvVar::getName).contains("KV_NODE_NAME", "JAVA_OPTS");
        assertThat(container(set).getImage()).isEqualTo("node:default");
        assertThat(container(set).getResources().getLimits()).containsKey("memory");
    }

    @Test
    void nullInAnOverlayRemovesAField() {
        PodSpec pod = desired("{replicas: 3, podTemplate: {spec: {topologySpreadConstraints: null}}}", "")
                .getSpec()
                .getTemplate()
                .getSpec();
        assertThat(pod.getTopologySpreadConstraints()).isEmpty();
    }

    @Test
    void thePodHashChangesWithWhatTheUserAskedOfPodsAndWithNothingElse() {
        String hash = hash("{replicas: 3}");
        assertThat(hash("{replicas: 5, quorums: {read: 1}, paused: true, storage: {size: 20Gi}}"))
                .isEqualTo(hash);
        assertThat(hash("{replicas: 3, image: 'x:1'}")).isNotEqualTo(hash);
        assertThat(hash("{replicas: 3, imagePullPolicy: Always}")).isNotEqualTo(hash);
        assertThat(hash("{replicas: 3, durability: Periodic, fsyncIntervalMillis: 5}"))
                .isNotEqualTo(hash);
        assertThat(hash("{replicas: 3, podTemplate: {metadata: {annotations: {a: b}}}}"))
                .isNotEqualTo(hash);
    }

    private static String hash(String spec) {
        return NodeStatefulSet.podHash(World.spec(spec));
    }

    private static Container container(StatefulSet set) {
        return set.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }
}
