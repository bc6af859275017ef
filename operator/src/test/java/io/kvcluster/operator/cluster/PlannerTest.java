package io.kvcluster.operator.cluster;

import static io.kvcluster.operator.observation.World.CLUSTER_ID;
import static io.kvcluster.operator.observation.World.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.RingChange.NewMember;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A table: how the world looks -> what is done and what is waited for. */
class PlannerTest {
    private static final String SPEC = "{replicas: 3}";
    private static final String ZONES = "{replicas: 3, topology: {zones: [a, b, c]}}";
    private static final String OTHER_DEFAULTS =
            "{replicas: 3, defaultConsistency: Quorum, conflictResolution: Siblings}";
    private static final String OTHER_ID = "99999999-2222-4333-8444-555555555555";

    private record Row(String title, World world, List<String> steps, List<String> waits) implements Arguments {
        @Override
        public Object[] get() {
            return new Object[] {title, this};
        }
    }

    private static Row row(String title, World world, List<String> steps, String... waits) {
        return new Row(title, world, steps, List.of(waits));
    }

    static Stream<Row> table() {
        Ring second = World.next(World.settled(SPEC).ring());
        Ring third = World.next(second);
        return Stream.of(
                row("a settled cluster needs nothing", World.settled(SPEC), List.of()),
                row("a settled cluster with zones needs nothing", World.settled(ZONES), List.of()),
                row(
                        "a new cluster gets its objects, StatefulSet last",
                        World.justApplied(SPEC),
                        List.of(
                                "RecordSpec",
                                "Created ServiceAccount/demo-node",
                                "Created Service/demo-nodes",
                                "Created Service/demo",
                                "Created PodDisruptionBudget/demo",
                                "Created NetworkPolicy/demo-nodes",
                                "CreateRingMap",
                                "Created StatefulSet/demo"),
                        "WaitingForMembers"),
                row("all members told their store: the first ring", World.started(SPEC), List.of("WriteFirstRing")),
                row(
                        "one member did not tell yet",
                        World.started(SPEC).podGone("demo-1"),
                        List.of(),
                        "WaitingForMembers"),
                row(
                        "one member is not heard any more",
                        World.started(SPEC).dead("demo-1"),
                        List.of(),
                        "WaitingForMembers"),
                row(
                        "one member still recovers",
                        World.started(SPEC).phase("demo-1", Phase.RECOVERING),
                        List.of(),
                        "WaitingForMembers"),
                row(
                        "two members have one store",
                        World.started(SPEC).store("demo-1", World.storeId("demo-0")),
                        List.of(),
                        "DuplicateStore"),
                row(
                        "a ring that nobody acknowledged is pushed, and the claims are labelled",
                        World.started(SPEC).writeRing(World.settled(SPEC).ring()),
                        List.of(
                                "PushRing demo-0,demo-1,demo-2",
                                "LabelClaim data-demo-0",
                                "LabelClaim data-demo-1",
                                "LabelClaim data-demo-2")),
                row(
                        "a member that came back is given the ring again",
                        World.settled(SPEC).forgetAcknowledgement("demo-2"),
                        List.of("PushRing demo-2")),
                row(
                        "a new address is told to all",
                        World.settled(SPEC).address("demo-2", "10.9.9.9"),
                        List.of("PushRing demo-0,demo-1,demo-2")),
                row(
                        "an address that is gone is nothing to tell",
                        World.settled(SPEC).podGone("demo-2"),
                        List.of()),
                row(
                        "a member that is down is not pushed to",
                        World.settled(SPEC).forgetAcknowledgement("demo-2").dead("demo-2"),
                        List.of()),
                row(
                        "a member that recovers is not pushed to",
                        World.settled(SPEC).forgetAcknowledgement("demo-2").phase("demo-2", Phase.RECOVERING),
                        List.of()),
                row(
                        "the ConfigMap is gone: it is made again, and filled from the members",
                        members(World.settled(SPEC), World.settled(SPEC).ring()).withoutRingMap(),
                        List.of("CreateRingMap", "RestoreRing 1")),
                row(
                        "the ConfigMap was emptied",
                        members(World.settled(SPEC), World.settled(SPEC).ring()).emptyRingMap(),
                        List.of("RestoreRing 1")),
                row(
                        "the ConfigMap was edited by hand",
                        members(World.settled(SPEC), World.settled(SPEC).ring()).ringText("{\"epoch\": 7}"),
                        List.of("RestoreRing 1")),
                row(
                        "the ConfigMap was restored from an older time",
                        members(World.settled(SPEC), second),
                        List.of("RestoreRing 2")),
                row(
                        "a minority has a newer ring",
                        World.settled(SPEC)
                                .usesRing("demo-0", third)
                                .dead("demo-1")
                                .dead("demo-2"),
                        List.of(),
                        "WaitingForMajority"),
                row(
                        "a newer ring cannot be read from the member that has it",
                        World.settled(SPEC).phase("demo-0", Phase.SERVING).usesUnreadableRing("demo-0", third),
                        List.of(),
                        "RingNotFetched"),
                row(
                        "a member whose ring is older than it said: a newer one exists, it is not written back",
                        World.settled(SPEC)
                                .usesRing("demo-0", third)
                                .gives("demo-0", second)
                                .dead("demo-1")
                                .dead("demo-2"),
                        List.of(),
                        "RingNotFetched"),
                row(
                        "one of those that have the newest gives it",
                        members(World.settled(SPEC), third).gives("demo-0", second),
                        List.of("RestoreRing 3")),
                row(
                        "retained claims of an earlier cluster, nobody told yet",
                        World.started(SPEC)
                                .claimLabel("demo-0", Labels.CLUSTER_ID, CLUSTER_ID)
                                .dead("demo-0")
                                .dead("demo-1")
                                .dead("demo-2"),
                        List.of(),
                        "RingOfEarlierCluster"),
                row(
                        "retained claims, but the members' disks are empty: never a second history",
                        World.started(SPEC).claimLabel("demo-1", Labels.CLUSTER_ID, CLUSTER_ID),
                        List.of(),
                        "RingOfEarlierCluster"),
                row(
                        "retained claims, one of three members told",
                        World.settled(SPEC)
                                .emptyRingMap()
                                .usesRing("demo-0", World.settled(SPEC).ring())
                                .waitsForRing("demo-1")
                                .waitsForRing("demo-2"),
                        List.of(),
                        "WaitingForMajority"),
                row(
                        "retained claims, two of three members told: the ring is adopted",
                        World.settled(SPEC)
                                .emptyRingMap()
                                .usesRing("demo-0", World.settled(SPEC).ring())
                                .usesRing("demo-1", World.settled(SPEC).ring())
                                .waitsForRing("demo-2"),
                        List.of("RestoreRing 1")),
                row(
                        "claims of two clusters",
                        World.started(SPEC)
                                .claimLabel("demo-0", Labels.CLUSTER_ID, CLUSTER_ID)
                                .claimLabel("demo-1", Labels.CLUSTER_ID, OTHER_ID),
                        List.of(),
                        "ConflictingHistories"),
                row(
                        "garbage in the ConfigMap and nobody who knows better",
                        World.started(SPEC).ringText("garbage"),
                        List.of(),
                        "RingUnreadable"),
                row(
                        "a member has another ring of the same epoch",
                        World.settled(SPEC).usesFork("demo-1"),
                        List.of(),
                        "RingFork"),
                row(
                        "quarantined claims: no pods are started on them",
                        World.justApplied(SPEC)
                                .retainedClaim("demo-0", "")
                                .claimLabel("demo-0", Labels.QUARANTINED, "2026"),
                        List.of(
                                "RecordSpec",
                                "Created ServiceAccount/demo-node",
                                "Created Service/demo-nodes",
                                "Created Service/demo",
                                "Created PodDisruptionBudget/demo",
                                "Created NetworkPolicy/demo-nodes",
                                "CreateRingMap"),
                        "QuarantinedVolume"),
                row(
                        "a Service that somebody edited is applied again",
                        World.settled(SPEC).edit(Service.class, PlannerTest::withoutPorts),
                        List.of("Updated Service/demo-nodes", "Updated Service/demo")),
                row(
                        "a StatefulSet that is larger than is wanted is shrunk: there are no pods yet that hold anything",
                        World.settled(SPEC)
                                .withSpec("{replicas: 5}")
                                .objectsAsDesired()
                                .withSpec(SPEC)
                                .rememberSpec(),
                        List.of("ShrinkStatefulSet 5->3")),
                row(
                        "a StatefulSet that somebody scaled down is applied again: the ring says how many",
                        World.settled(SPEC).edit(StatefulSet.class, set -> scaled(set, 2)),
                        List.of("Updated StatefulSet/demo")),
                row(
                        "what others add to an object is left alone",
                        World.settled(SPEC)
                                .edit(
                                        StatefulSet.class,
                                        set -> new StatefulSetBuilder(set)
                                                .editMetadata()
                                                .addToAnnotations("other", "x")
                                                .endMetadata()
                                                .build()),
                        List.of()),
                row(
                        "more replicas: pods first",
                        World.settled(SPEC).withSpec("{replicas: 5}").rememberSpec(),
                        List.of("Updated StatefulSet/demo"),
                        "WaitingForMembers"),
                row(
                        "fewer replicas: the ring first, by members that follow moves",
                        follow(World.settled("{replicas: 4}")
                                .withSpec("{replicas: 3}")
                                .rememberSpec()),
                        List.of("AdvanceRing 2")),
                row(
                        "fewer replicas, and members that know no moves: no ring, no pod is removed",
                        World.settled("{replicas: 4}").withSpec("{replicas: 3}").rememberSpec(),
                        List.of(),
                        "MovesNotFollowed Pod/demo-0"),
                row(
                        "another factor: the ring; the budget follows it, not the spec",
                        follow(World.settled("{replicas: 5, replicationFactor: 3, quorums: {read: 2, write: 2}}")
                                .withSpec("{replicas: 5, replicationFactor: 5, quorums: {read: 2, write: 2}}")
                                .rememberSpec()),
                        List.of("AdvanceRing 2")),
                row(
                        "other quorums: the ring",
                        follow(World.settled(SPEC)
                                .withSpec("{replicas: 3, quorums: {read: 1, write: 3}}")
                                .rememberSpec()),
                        List.of("AdvanceRing 2")),
                row(
                        "another default level and another conflict policy make the next ring, and no pod restarts",
                        World.settled(SPEC).withSpec(OTHER_DEFAULTS).rememberSpec(),
                        List.of("AdvanceRing 2 defaultConsistency eventual -> quorum,"
                                + " conflictResolution LastWriterWins -> Siblings")),
                row(
                        "a resolver is named in the next ring",
                        World.settled(SPEC)
                                .withSpec("{replicas: 3, conflictResolution: Custom, resolver: carts}")
                                .rememberSpec(),
                        List.of("AdvanceRing 2 conflictResolution LastWriterWins -> Custom carts")),
                row(
                        "a member that is down does not hold the next ring up",
                        World.settled(SPEC)
                                .withSpec(OTHER_DEFAULTS)
                                .rememberSpec()
                                .dead("demo-2"),
                        List.of("AdvanceRing 2 defaultConsistency eventual -> quorum,"
                                + " conflictResolution LastWriterWins -> Siblings")),
                row(
                        "no next ring before each member that can be told has the present one",
                        World.settled(SPEC)
                                .withSpec(OTHER_DEFAULTS)
                                .rememberSpec()
                                .forgetAcknowledgement("demo-2"),
                        List.of("PushRing demo-2")),
                row(
                        "no next ring on the word of a minority",
                        World.settled(SPEC)
                                .withSpec(OTHER_DEFAULTS)
                                .rememberSpec()
                                .dead("demo-1")
                                .dead("demo-2"),
                        List.of(),
                        "WaitingForMajority"),
                row(
                        "other defaults and another factor: the first first",
                        follow(World.settled("{replicas: 3, replicationFactor: 3, quorums: {read: 2, write: 2}}")
                                .withSpec(
                                        "{replicas: 3, replicationFactor: 2, quorums: {read: 2, write: 2}, defaultConsistency: All}")
                                .rememberSpec()),
                        List.of("AdvanceRing 2 defaultConsistency eventual -> all")),
                row(
                        "a zone that gets no member is held",
                        World.settled("{replicas: 4, topology: {zones: [a, b, c]}}")
                                .withSpec("{replicas: 4, topology: {zones: [a, b, c, d]}}")
                                .rememberSpec(),
                        List.of(),
                        "ChangeHeld spec.topology.zones"),
                row(
                        "a pod that lost its disk is held and not given the ring",
                        World.settled(SPEC).forgetAcknowledgement("demo-1").store("demo-1", "00000000deadbeef"),
                        List.of(),
                        "StoreLost Pod/demo-1"),
                row(
                        "a pod whose clock is out of step is told",
                        World.settled(SPEC).clockOutOfStep("demo-1"),
                        List.of(),
                        "ClockSkew Pod/demo-1"),
                row(
                        "paused: nothing is done, whatever there is to do",
                        World.started("{replicas: 3, paused: true}"),
                        List.of(),
                        "Paused"),
                row(
                        "a larger size: each claim is to grow",
                        World.settled(SPEC)
                                .withSpec("{replicas: 3, storage: {size: 20Gi}}")
                                .rememberSpec(),
                        List.of(
                                "GrowVolume data-demo-0 10Gi->20Gi",
                                "GrowVolume data-demo-1 10Gi->20Gi",
                                "GrowVolume data-demo-2 10Gi->20Gi")),
                row(
                        "the same size in other words is no growth",
                        World.settled("{replicas: 3, storage: {size: 1Gi}}")
                                .claim(
                                        "demo-0",
                                        claim -> new PersistentVolumeClaimBuilder(claim)
                                                .editSpec()
                                                .editResources()
                                                .withRequests(java.util.Map.of("storage", new Quantity("1024Mi")))
                                                .endResources()
                                                .endSpec()
                                                .build()),
                        List.of()),
                row(
                        "another image: the template first, no pod before the controller knows it",
                        World.settled(SPEC)
                                .withSpec("{replicas: 3, image: 'node:2'}")
                                .rememberSpec(),
                        List.of("Updated StatefulSet/demo"),
                        "TemplateNotApplied"),
                row(
                        "another image, the template is known: one pod",
                        World.settled(SPEC)
                                .withSpec("{replicas: 3, image: 'node:2'}")
                                .objectsAsDesired(),
                        List.of("RestartPod demo-0")),
                row(
                        "another image while the ring is missing: first the ring",
                        members(
                                World.settled(SPEC)
                                        .withSpec("{replicas: 3, image: 'node:2'}")
                                        .objectsAsDesired()
                                        .emptyRingMap(),
                                World.settled(SPEC).ring()),
                        List.of("RestoreRing 1"),
                        "RingUnknown"),
                row(
                        "a pod whose node is not heard of yet is no reason to push or to act",
                        World.settled(SPEC).liveness("demo-0", Liveness.UNKNOWN),
                        List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void plans(String title, Row row) {
        Plan plan = new Planner(IMAGE).plan(row.world().look());
        assertThat(plan.steps().stream().map(PlannerTest::text)).isEqualTo(row.steps());
        assertThat(plan.waits().stream().map(wait -> text(wait, row.waits()))).isEqualTo(row.waits());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void interruptsAtMostOneThingAndLast(String title, Row row) {
        List<Step> steps = new Planner(IMAGE).plan(row.world().look()).steps();
        assertThat(steps.subList(0, Math.max(0, steps.size() - 1))).noneMatch(step -> step instanceof Step.RestartPod);
    }

    @Test
    void theFirstRingNamesEveryPodWithItsStoreZoneAndStableAddress() {
        Plan plan = new Planner(IMAGE).plan(World.started(ZONES).look());
        Step.WriteFirstRing first = (Step.WriteFirstRing) plan.steps().getFirst();
        assertThat(first.members()).hasSize(3);
        NewMember member = first.members().getFirst();
        assertThat(member.zone()).isEqualTo("a");
        assertThat(member.storeId()).isEqualTo(World.storeId(member.name()));
        assertThat(member.address()).isEqualTo(member.name() + ".demo-nodes.ns.svc");
        assertThat(first.replicationFactor()).isEqualTo(3);
        assertThat(first.partitions()).isEqualTo(64);
        assertThat(first.defaults().getConsistency()).isEqualTo("eventual");
    }

    @Test
    void podsOfRetainedClaimsAreStartedEvenWhenTheSpecWantsFewer() {
        World world = World.justApplied("{replicas: 1, replicationFactor: 1}")
                .retainedClaim("demo-0", "")
                .retainedClaim("demo-1", "")
                .retainedClaim("demo-2", "");
        StatefulSet set = new Planner(IMAGE)
                .plan(world.look()).steps().stream()
                        .flatMap(
                                step -> step instanceof Step.Apply apply && apply.desired() instanceof StatefulSet found
                                        ? Stream.of(found)
                                        : Stream.empty())
                        .findFirst()
                        .orElseThrow();
        assertThat(set.getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void anInvalidSpecIsNotFollowedTheLastValidOneIs() {
        World world =
                World.settled(SPEC).withSpec("{replicas: 3, image: 'node:2', podTemplate: {spec: {nonsense: 1}}}");
        assertThat(world.look().steering().problems())
                .containsExactly("spec.podTemplate.spec.nonsense is no field of a pod template");
        assertThat(new Planner(IMAGE).plan(world.look()).isSettled()).isTrue();
    }

    private static World members(World world, Ring ring) {
        world.expectedPods().forEach(pod -> world.usesRing(pod, ring));
        return world;
    }

    private static World follow(World world) {
        world.look().pods().keySet().forEach(pod -> world.edit(pod, told -> told.follows = true));
        return world;
    }

    private static StatefulSet scaled(StatefulSet set, int replicas) {
        return new StatefulSetBuilder(set)
                .editSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
    }

    private static Service withoutPorts(Service service) {
        return new ServiceBuilder(service).editSpec().withPorts().endSpec().build();
    }

    private static String text(Step step) {
        return switch (step) {
            case Step.Apply apply ->
                apply.name() + " " + apply.desired().getKind() + "/"
                        + apply.desired().getMetadata().getName();
            case Step.PushRing push ->
                "PushRing "
                        + String.join(
                                ",",
                                push.targets().stream().map(NodeTarget::pod).toList());
            case Step.RestoreRing(Ring ring) -> "RestoreRing " + ring.epoch();
            case Step.AdvanceRing(Ring next, String change, boolean _) ->
                "AdvanceRing " + next.epoch() + (change.contains(" -> ") ? " " + change : "");
            case Step.ShrinkStatefulSet shrink -> "ShrinkStatefulSet " + shrink.from() + "->" + shrink.to();
            case Step.MarkDrained mark -> "MarkDrained " + mark.claim();
            case Step.UnmarkDrained mark -> "UnmarkDrained " + mark.claim();
            case Step.DeleteClaim delete -> "DeleteClaim " + delete.claim();
            case Step.LabelClaim label -> "LabelClaim " + label.claim();
            case Step.QuarantineClaim set -> "QuarantineClaim " + set.claim();
            case Step.RecreateStatefulSet recreate -> "RecreateStatefulSet " + recreate.set();
            case Step.GrowVolume grow -> "GrowVolume " + grow.claim() + " " + grow.from() + "->" + grow.to();
            case Step.RestartPod restart -> "RestartPod " + restart.pod();
            case Step.RecordSpec _, Step.CreateRingMap _, Step.WriteFirstRing _ -> step.name();
        };
    }

    /** With its object where the row names it. */
    private static String text(Wait wait, List<String> expected) {
        String full = wait.check() + " " + wait.object();
        return expected.contains(full) ? full : wait.check();
    }
}
