package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.SpecTable;
import io.kvcluster.crd.SpecTable.Verdict;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every API server gives the verdicts of the table, and says the same sentences. */
@Scenario
final class BadSpecsE2E {
    private final Target target;

    BadSpecsE2E(Target target) {
        this.target = target;
    }

    @TestFactory
    List<DynamicTest> theApiServerGivesTheVerdictOfTheTable() {
        return SpecTable.load().cases().stream()
                .map(row -> DynamicTest.dynamicTest(row.title(), () -> check(row)))
                .toList();
    }

    private void check(SpecTable.Case row) {
        if (row.before() == null) {
            judge(
                    row,
                    () -> Cluster.generic(target)
                            .resource(resource(row.name(), row.spec(), false))
                            .dryRun()
                            .create());
            return;
        }
        // It exists for real, so paused: the operator makes nothing of it.
        String name = "table-" + Integer.toHexString(row.title().hashCode() & 0xffffff);
        Cluster.generic(target).resource(resource(name, row.before(), true)).create();
        try {
            // A patch: an update would meet the operator's finalizer, as a conflict.
            GenericKubernetesResource after = resource(name, row.spec(), true);
            String replaceSpec = Serialization.asJson(
                    List.of(Map.of("op", "replace", "path", "/spec", "value", after.<Object>get("spec"))));
            judge(
                    row,
                    () -> Cluster.generic(target)
                            .resource(after)
                            .dryRun()
                            .patch(PatchContext.of(PatchType.JSON), replaceSpec));
        } finally {
            Cluster.generic(target).withName(name).delete();
        }
    }

    private static void judge(SpecTable.Case row, Callable<GenericKubernetesResource> request) {
        if (row.verdict() == Verdict.REFUSED) {
            KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, request::call);
            assertThat(refused).as("refusal of %s", row.spec()).isNotNull();
            assertThat(refused.getCode()).isEqualTo(422);
            assertThat(refused.getStatus().getMessage()).contains(row.message());
            return;
        }
        GenericKubernetesResource accepted;
        try {
            accepted = request.call();
        } catch (Exception e) {
            throw new AssertionError("refused: " + row.spec(), e);
        }
        row.defaulted()
                .forEach((path, value) -> assertThat(accepted.<Object>get(path(path)))
                        .as("default of spec.%s", path)
                        .isEqualTo(value));
    }

    private static Object[] path(String dotted) {
        return ("spec." + dotted).split("\\.");
    }

    private static GenericKubernetesResource resource(String name, @Nullable Map<String, Object> spec, boolean paused) {
        Map<String, Object> resource = new LinkedHashMap<>();
        resource.put("apiVersion", "kvcluster.io/v1beta1");
        resource.put("kind", "KvCluster");
        resource.put("metadata", Map.of("name", name));
        if (spec != null) {
            Map<String, Object> fields = new LinkedHashMap<>(spec);
            if (paused) {
                fields.put("paused", true);
            }
            resource.put("spec", fields);
        }
        return Serialization.unmarshal(Serialization.asJson(resource), GenericKubernetesResource.class);
    }
}
