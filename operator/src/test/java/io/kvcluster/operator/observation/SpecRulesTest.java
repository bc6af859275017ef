package io.kvcluster.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.SpecTable;
import io.kvcluster.crd.SpecTable.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SpecRulesTest {
    static List<SpecTable.Case> table() {
        return SpecTable.load().cases();
    }

    /** What an API server refuses by type, enum or pattern cannot be read as a spec, or is none of these rules' business. */
    private static final List<String> LEFT_TO_THE_SCHEMA = List.of("an image of blanks", "an empty image");

    @ParameterizedTest
    @MethodSource("table")
    void theOperatorGivesTheVerdictOfAnApiServer(SpecTable.Case row) {
        KvClusterSpec spec;
        try {
            spec = read(row.spec());
        } catch (RuntimeException unreadable) {
            assertThat(row.verdict()).isEqualTo(Verdict.REFUSED);
            return;
        }
        List<String> problems = SpecRules.problems(row.name(), spec, read(row.before()));
        if (row.verdict() == Verdict.ACCEPTED) {
            assertThat(problems).isEmpty();
        } else if (!LEFT_TO_THE_SCHEMA.contains(row.title()) && !coerced(row)) {
            assertThat(problems).isNotEmpty();
        }
    }

    /** Jackson reads 2.5 as 2 and 10 as "10"; the API server does not. */
    private static boolean coerced(SpecTable.Case row) {
        return List.of("a fraction of a replica", "paused as text").contains(row.title());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {spec: {nonsense: 1}}                                                           | spec.podTemplate.spec.nonsense is no field of a pod template
            {spec: {containers: [{image: x}]}}                                              | spec.podTemplate.spec.containers has a container without a name; the storage container is storage-node
            {spec: {containers: [{name: storage-node, image: x}]}}                          | spec.podTemplate.spec.containers[storage-node].image is x, but the image is set by spec.image
            {spec: {containers: [{name: storage-node, args: [x]}]}}                         | spec.podTemplate.spec.containers[storage-node] sets command or args, but what the storage container runs belongs to the image
            {spec: {containers: [{name: storage-node, env: [{name: KV_ZONE, value: x}]}]}}  | spec.podTemplate.spec.containers[storage-node].env names KV_ZONE, but variables KV_… belong to the operator
            {spec: {containers: [{name: storage-node, ports: [{containerPort: 50052}]}]}}   | spec.podTemplate.spec.containers[storage-node].ports names 50052, but that port belongs to the operator
            {spec: {containers: [{name: storage-node, volumeMounts: [{name: data, mountPath: /x}]}]}} | spec.podTemplate.spec.containers[storage-node].volumeMounts names data, but that volume belongs to the operator
            {spec: {volumes: [{name: data, emptyDir: {}}]}}                                 | spec.podTemplate.spec.volumes names data, but that volume belongs to the operator
            {metadata: {labels: {kvcluster.io/cluster: other}}}                             | spec.podTemplate.metadata.labels names kvcluster.io/cluster, but labels of kvcluster.io belong to the operator
            """)
    void aPodTemplateThatReachesForTheOperatorsOwnIsRefused(String overlay, String problem) {
        assertThat(SpecRules.problems("demo", World.spec("{podTemplate: " + overlay + "}"), null))
                .containsExactly(problem);
    }

    @Test
    void aPodTemplateOfTheWrongTypeIsRefusedWithTheReason() {
        assertThat(SpecRules.problems("demo", World.spec("{podTemplate: {spec: {containers: {a: b}}}}"), null))
                .singleElement()
                .asString()
                .startsWith("spec.podTemplate is not a pod template: ");
    }

    @Test
    void theLastValidSpecSteersWhileTheAppliedOneIsNotValid() {
        World world = World.settled("{replicas: 3}").withSpec("{replicas: 300}");
        Steering steering = SpecRules.steer(world.cluster());
        assertThat(steering.problems()).contains("spec.replicas is 300 but must be from 1 to 256");
        assertThat(steering.spec().orElseThrow().replicas()).isEqualTo(3);
    }

    @Test
    void anUnreadableMemoryOfTheLastSpecIsNone() {
        World world = World.justApplied("{replicas: 300}");
        world.cluster()
                .getMetadata()
                .setAnnotations(Map.of(io.kvcluster.operator.resources.Labels.LAST_VALID_SPEC, "{"));
        assertThat(SpecRules.steer(world.cluster()).spec()).isEmpty();
    }

    private static @Nullable KvClusterSpec read(@Nullable Map<String, Object> spec) {
        return spec == null ? null : Serialization.unmarshal(Serialization.asJson(spec), KvClusterSpec.class);
    }
}
