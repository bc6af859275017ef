package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.nodeadmin.PushOutcome;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import io.kvcluster.ring.change.RingChange;
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

    /** Its ConfigMap was read with resource version 42. */
    private void expectPutOfRing() {
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
    }

    @Test
    void theFirstRingIsPutWithTheResourceVersionThatWasRead() throws InterruptedException {
        world = World.started("{replicas: 3}");
        expectPutOfRing();
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
        assertThat(run(plan()))
                .as("a claim that cannot grow does not keep the others from it")
                .extracting(Wait::check, Wait::object)
                .containsExactly(
                        tuple("GrowVolumeFailed", "PersistentVolumeClaim/data-demo-1"),
                        tuple("GrowVolumeFailed", "PersistentVolumeClaim/data-demo-2"));
        assertThat(body("PATCH"))
                .isEqualTo(Map.of(
                        "metadata", Map.of("uid", "uid-data-demo-0"),
                        "spec", Map.of("resources", Map.of("requests", Map.of("storage", "20Gi")))));
    }

    @Test
    void aClaimIsMarkedDrainedOnlyIfItIsStillTheSameAndUnmarkedByNull() throws InterruptedException {
        expectClaim();
        expectClaim();
        server.expect()
                .patch()
                .withPath("/api/v1/namespaces/ns/persistentvolumeclaims/data-demo-0")
                .andReturn(200, Map.of("kind", "PersistentVolumeClaim", "apiVersion", "v1"))
                .times(2);
        Step mark = new Step.MarkDrained("data-demo-0", "uid-data-demo-0", "00000000000000aa");
        assertThat(run(List.of(mark), List.of(mark))).isEmpty();
        assertThat(run(List.of(new Step.UnmarkDrained("data-demo-0", "uid-data-demo-0"))))
                .isEmpty();
        assertThat(bodies("PATCH"))
                .containsExactly(
                        "{\"metadata\":{\"uid\":\"uid-data-demo-0\",\"labels\":{\"kvcluster.io/drained\":\"00000000000000aa\"}}}",
                        "{\"metadata\":{\"uid\":\"uid-data-demo-0\",\"labels\":{\"kvcluster.io/drained\":null}}}");
    }

    @Test
    void aClaimIsDeletedOnlyIfItIsStillTheSame() throws InterruptedException {
        server.expect()
                .delete()
                .withPath("/api/v1/namespaces/ns/persistentvolumeclaims/data-demo-3")
                .andReturn(200, Map.of())
                .once();
        Step delete = new Step.DeleteClaim("data-demo-3", "uid-3");
        assertThat(run(List.of(delete), List.of(delete))).isEmpty();
        assertThat(body("DELETE").get("preconditions")).isEqualTo(Map.of("uid", "uid-3"));
    }

    @Test
    void aStatefulSetIsShrunkFromTheVersionOfTheSecondLook() throws InterruptedException {
        world.withSpec("{replicas: 5}")
                .objectsAsDesired()
                .withSpec("{replicas: 3}")
                .rememberSpec();
        world.edit(StatefulSet.class, set -> version(set, "11"));
        List<Step> steps = plan();
        world.edit(StatefulSet.class, set -> version(set, "12"));
        server.expect()
                .patch()
                .withPath("/apis/apps/v1/namespaces/ns/statefulsets/demo?fieldManager=kvcluster-operator&force=true")
                .andReturn(200, Map.of("kind", "StatefulSet", "apiVersion", "apps/v1"))
                .once();
        assertThat(run(steps)).isEmpty();
        StatefulSet applied = Serialization.unmarshal(bodies("PATCH").getFirst(), StatefulSet.class);
        assertThat(applied.getMetadata().getResourceVersion()).isEqualTo("12");
        assertThat(applied.getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void aStatefulSetIsNotShrunkWhenASecondLookWantsOtherwise() throws InterruptedException {
        world.withSpec("{replicas: 5}")
                .objectsAsDesired()
                .withSpec("{replicas: 3}")
                .rememberSpec();
        List<Step> steps = plan();
        assertThat(steps).singleElement().isInstanceOf(Step.ShrinkStatefulSet.class);
        world.withSpec("{replicas: 5}").rememberSpec();
        assertThat(run(steps)).isEmpty();
        assertThat(requests()).noneMatch(request -> request.getMethod().equals("PATCH"));
    }

    @Test
    void ofTheNextRingWhatTheSecondLookMadeIsWrittenWhenReportsCameMeanwhile() throws InterruptedException {
        Ring before = world.ring();
        Ring first = World.next(before);
        Ring second = ((RingCheck.Valid) RingChange.next(before, table -> table.setNextMemberIndex(9))).ring();
        expectPutOfRing();
        assertThat(run(
                        List.of(new Step.AdvanceRing(first, "less", true)),
                        List.of(new Step.AdvanceRing(second, "more", true))))
                .isEmpty();
        ConfigMap put = Serialization.unmarshal(request("PUT").getUtf8Body(), ConfigMap.class);
        assertThat(put.getData().get("ring.json")).isEqualTo(RingJson.write(second.table()));
    }

    @Test
    void aRingThatFollowsAnotherThanThatOfTheSecondLookIsNotWritten() throws InterruptedException {
        Ring first = World.next(world.ring());
        Ring later = World.next(first);
        assertThat(run(List.of(new Step.AdvanceRing(first, "", true)), List.of(new Step.AdvanceRing(later, "", true))))
                .isEmpty();
        assertThat(requests()).noneMatch(request -> request.getMethod().equals("PUT"));
    }

    private static StatefulSet version(StatefulSet set, String version) {
        return new StatefulSetBuilder(set)
                .editMetadata()
                .withResourceVersion(version)
                .endMetadata()
                .build();
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

    private List<Wait> run(List<Step> steps, List<Step> secondLook) {
        return runner.run(
                world.cluster(),
                steps,
                () -> new StepRunner.SecondLook(world.look(), new Plan(secondLook, List.of(), new Progress.Unknown())));
    }

    private List<String> bodies(String method) throws InterruptedException {
        return requests().stream()
                .filter(request -> request.getMethod().equals(method))
                .map(RecordedRequest::getUtf8Body)
                .toList();
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
