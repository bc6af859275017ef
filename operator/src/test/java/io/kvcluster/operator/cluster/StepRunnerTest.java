package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.kvcluster.operator.nodeadmin.PushOutcome;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.RingJson;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire to the API server for each step. */
@EnableKubernetesMockClient
class StepRunnerTest {
    private static final String NEW = "{replicas: 3, image: 'node:2'}";
    private static final Planner PLANNER = new Planner(World.IMAGE);

    private KubernetesClient client;
    private KubernetesMockServer server;
    private StepRunner runner;
    private World world = World.settled("{replicas: 3}");

    @BeforeEach
    void start() {
        server.expect()
                .post()
                .withPath("/api/v1/namespaces/ns/events")
                .andReturn(201, Map.of())
                .always();
        Decisions decisions = new Decisions(client, () -> World.NOW, new OperatorMetrics(new PrometheusRegistry()));
        runner = new StepRunner(client, world.nodes(), decisions, () -> World.CLUSTER_ID);
    }

    @Test
    void aPodIsDeletedOnlyAsItWasSeen() throws InterruptedException {
        world.withSpec(NEW).objectsAsDesired();
        server.expect()
                .delete()
                .withPath("/api/v1/namespaces/ns/pods/demo-0")
                .andReturn(200, Map.of())
                .once();
        assertThat(run(plan())).isEmpty();
        RecordedRequest delete = request("DELETE");
        Map<?, ?> options = Serialization.unmarshal(delete.getUtf8Body(), Map.class);
        assertThat(options.get("preconditions")).isEqualTo(Map.of("uid", "uid-demo-0", "resourceVersion", "7"));
    }

    @Test
    void aPodIsNotDeletedWhenTheApiServerShowsAnotherWorldThanTheCaches() throws InterruptedException {
        world.withSpec(NEW).objectsAsDesired();
        List<Step> steps = plan();
        world.podGone("demo-2");
        assertThat(run(steps)).isEmpty();
        assertThat(requests()).noneMatch(request -> request.getMethod().equals("DELETE"));
    }

    @Test
    void aConflictIsNoFailure() {
        world.withSpec(NEW).objectsAsDesired();
        server.expect()
                .delete()
                .withPath("/api/v1/namespaces/ns/pods/demo-0")
                .andReturn(409, new StatusBuilder().withCode(409).build())
                .once();
        assertThat(run(plan())).isEmpty();
    }

    @Test
    void whatTheApiServerRefusesIsTold() {
        world.withSpec(NEW).objectsAsDesired();
        server.expect()
                .delete()
                .withPath("/api/v1/namespaces/ns/pods/demo-0")
                .andReturn(
                        403,
                        new StatusBuilder()
                                .withCode(403)
                                .withMessage("no right to delete pods")
                                .build())
                .once();
        assertThat(run(plan())).singleElement().satisfies(wait -> {
            assertThat(wait.check()).isEqualTo("RestartPodFailed");
            assertThat(wait.why()).contains("restarts Pod/demo-0", "no right to delete pods");
        });
    }

    @Test
    void theFirstRingIsPutWithTheResourceVersionThatWasRead() throws InterruptedException {
        world = World.started("{replicas: 3}");
        ConfigMap map = new ConfigMapBuilder(world.look().ringMap().orElseThrow())
                .editMetadata()
                .withResourceVersion("42")
                .endMetadata()
                .build();
        world.ringMap(map);
        server.expect()
                .put()
                .withPath("/api/v1/namespaces/ns/configmaps/demo-ring")
                .andReturn(200, map)
                .once();
        assertThat(run(plan())).isEmpty();
        ConfigMap put = Serialization.unmarshal(request("PUT").getUtf8Body(), ConfigMap.class);
        assertThat(put.getMetadata().getResourceVersion()).isEqualTo("42");
        assertThat(put.getData().get("ring.json"))
                .isEqualTo(RingJson.write(World.settled("{replicas: 3}").ring().table()));
    }

    @Test
    void aRingThatSomebodyElseWroteFirstIsNotOverwritten() throws InterruptedException {
        world = World.started("{replicas: 3}");
        List<Step> steps = plan();
        world.writeRing(World.settled("{replicas: 3}").ring());
        assertThat(run(steps)).isEmpty();
        assertThat(requests()).noneMatch(request -> request.getMethod().equals("PUT"));
    }

    @Test
    void objectsAreAppliedByTheServerUnderTheOperatorsName() throws InterruptedException {
        world.edit(
                io.fabric8.kubernetes.api.model.Service.class,
                service -> new io.fabric8.kubernetes.api.model.ServiceBuilder(service)
                        .editSpec()
                        .withPorts()
                        .endSpec()
                        .build());
        server.expect()
                .patch()
                .withPath("/api/v1/namespaces/ns/services/demo-nodes?fieldManager=kvcluster-operator&force=true")
                .andReturn(200, Map.of("kind", "Service", "apiVersion", "v1"))
                .once();
        server.expect()
                .patch()
                .withPath("/api/v1/namespaces/ns/services/demo?fieldManager=kvcluster-operator&force=true")
                .andReturn(
                        422,
                        new StatusBuilder()
                                .withCode(422)
                                .withMessage("spec.ports is wrong")
                                .build())
                .once();
        assertThat(run(plan()))
                .as("one step that fails does not keep the others from being done")
                .singleElement()
                .satisfies(wait -> assertThat(wait.check()).isEqualTo("UpdatedFailed"));
        assertThat(request("PATCH").getHeader("Content-Type")).contains("apply-patch+yaml");
    }

    @Test
    void aClaimIsLabelledByAMergePatch() throws InterruptedException {
        expectClaim();
        server.expect()
                .patch()
                .withPath("/api/v1/namespaces/ns/persistentvolumeclaims/data-demo-0")
                .andReturn(200, Map.of("kind", "PersistentVolumeClaim", "apiVersion", "v1"))
                .once();
        assertThat(run(List.of(new Step.LabelClaim("data-demo-0", "id")))).isEmpty();
        assertThat(body("PATCH")).isEqualTo(Map.of("metadata", Map.of("labels", Map.of(Labels.CLUSTER_ID, "id"))));
    }

    @Test
    void aClaimGrowsOnlyIfItIsStillTheSame() throws InterruptedException {
        world.withSpec("{replicas: 3, storage: {size: 20Gi}}").rememberSpec();
        expectClaim();
        server.expect()
                .patch()
                .withPath("/api/v1/namespaces/ns/persistentvolumeclaims/data-demo-0")
                .andReturn(200, Map.of("kind", "PersistentVolumeClaim", "apiVersion", "v1"))
                .once();
        assertThat(run(plan())).isEmpty();
        assertThat(body("PATCH"))
                .isEqualTo(Map.of(
                        "metadata", Map.of("uid", "uid-data-demo-0"),
                        "spec", Map.of("resources", Map.of("requests", Map.of("storage", "20Gi")))));
    }

    @Test
    void nodesThatDoNotTakeTheRingAreNamed() {
        world.forgetAcknowledgement("demo-0").forgetAcknowledgement("demo-1");
        world.nodes().answer("demo-0", new PushOutcome.Failed("no answer"));
        world.nodes().answer("demo-1", new PushOutcome.Refused("OTHER_CLUSTER", "not mine"));
        List<Wait> waits = run(plan());
        assertThat(waits).extracting(Wait::check).containsExactlyInAnyOrder("RingNotAcknowledged", "RingRefused");
        assertThat(waits).extracting(Wait::object).containsExactlyInAnyOrder("Pod/demo-0", "Pod/demo-1");
        assertThat(world.nodes().pushedTo()).hasSize(2);
    }

    private void expectClaim() {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/ns/persistentvolumeclaims/data-demo-0")
                .andReturn(200, Map.of("kind", "PersistentVolumeClaim", "apiVersion", "v1"))
                .once();
    }

    private List<Step> plan() {
        return PLANNER.plan(world.look()).steps();
    }

    private List<Wait> run(List<Step> steps) {
        return runner.run(
                world.cluster(), steps, () -> new StepRunner.SecondLook(world.look(), PLANNER.plan(world.look())));
    }

    private Map<?, ?> body(String method) throws InterruptedException {
        return Serialization.unmarshal(request(method).getUtf8Body(), Map.class);
    }

    private RecordedRequest request(String method) throws InterruptedException {
        return requests().stream()
                .filter(request -> request.getMethod().equals(method))
                .findFirst()
                .orElseThrow();
    }

    private List<RecordedRequest> requests() throws InterruptedException {
        List<RecordedRequest> requests = new ArrayList<>();
        while (server.getRequestCount() > requests.size()) {
            requests.add(server.takeRequest());
        }
        return requests;
    }
}
