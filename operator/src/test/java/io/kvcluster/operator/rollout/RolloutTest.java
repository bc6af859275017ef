package io.kvcluster.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.NodeStatefulSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RolloutTest {
    private static final String OLD = "{replicas: 3}";
    private static final String NEW = "{replicas: 3, image: 'node:2'}";
    private static final String NEW_HASH = NodeStatefulSet.podHash(World.spec(NEW));

    /** A settled cluster whose template has just changed. */
    private static World changed() {
        return World.settled(OLD).withSpec(NEW).objectsAsDesired();
    }

    private static World updated(World world, String pod) {
        return world.podHash(pod, NEW_HASH);
    }

    @Test
    void nothingToDoWhenNoPodIsOutdated() {
        assertThat(Rollout.next(World.settled(OLD).look())).isInstanceOf(Rollout.UpToDate.class);
    }

    @Test
    void anOperatorThatMakesPodsDifferentlyRestartsNobody() {
        World world = World.settled(OLD)
                .edit(
                        StatefulSet.class,
                        set -> new StatefulSetBuilder(set)
                                .editSpec()
                                .editTemplate()
                                .editSpec()
                                .withTerminationGracePeriodSeconds(99L)
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build());
        assertThat(Rollout.next(world.look())).isInstanceOf(Rollout.UpToDate.class);
    }

    @Test
    void aPodThatDoesNotStartGetsTheTemplateOfNow() {
        World world = World.settled(OLD).dead("demo-1").revisions("demo-1", "rev-1", "rev-2");
        assertThat(restarted(world)).isEqualTo("demo-1");
    }

    @Test
    void aPodThatDoesNotStartIsLeftAloneWhenItHasTheTemplateOfNow() {
        World world = World.settled(OLD).dead("demo-1").revisions("demo-1", "rev-2", "rev-2");
        assertThat(Rollout.next(world.look())).isInstanceOf(Rollout.UpToDate.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"RECOVERING", "SERVING", "DRAINING"})
    void aPodThatSaysSomethingIsNotRestartedForTheOperatorsSake(Phase phase) {
        World world =
                World.settled(OLD).phase("demo-1", phase).notReady("demo-1").revisions("demo-1", "rev-1", "rev-2");
        assertThat(Rollout.next(world.look())).isInstanceOf(Rollout.UpToDate.class);
    }

    @Test
    void podsGoOneAfterTheOther() {
        World world = changed();
        assertThat(restarted(world)).isEqualTo("demo-0");
        updated(world, "demo-0");
        assertThat(restarted(world)).isEqualTo("demo-1");
        updated(world, "demo-1");
        assertThat(restarted(world)).isEqualTo("demo-2");
        updated(world, "demo-2");
        assertThat(Rollout.next(world.look())).isInstanceOf(Rollout.UpToDate.class);
    }

    @Test
    void theNextWaitsUntilTheOneBeforeExists() {
        assertThat(held(changed().podGone("demo-0")).check()).isEqualTo("PodRestarting");
    }

    @Test
    void theNextWaitsWhileTheOneBeforeIsLeaving() {
        assertThat(held(changed().podLeaving("demo-0")).check()).isEqualTo("PodRestarting");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"RECOVERING", "WAITING_FOR_RING", "DRAINING", "FAILED", "UNKNOWN"})
    void theNextWaitsUntilTheOneBeforeServes(Phase phase) {
        World world = updated(changed(), "demo-0").phase("demo-0", phase);
        assertThat(held(world)).satisfies(wait -> {
            assertThat(wait.check()).isEqualTo("PreviousPodCatchingUp");
            assertThat(wait.object()).isEqualTo("Pod/demo-0");
        });
    }

    @Test
    void theNextWaitsUntilPeersHearOfTheOneBefore() {
        World world = updated(changed(), "demo-0").unheard("demo-0");
        assertThat(held(world).check()).isEqualTo("PreviousPodCatchingUp");
    }

    @Test
    void theNextWaitsUntilTheOneBeforeIsReadyForKubernetesToo() {
        World world = updated(changed(), "demo-0").notReady("demo-0");
        assertThat(held(world).check()).isEqualTo("PreviousPodCatchingUp");
    }

    @Test
    void aPodThatServesButIsNotReadyGoesBeforeThoseThatAre() {
        assertThat(restarted(changed().notReady("demo-2"))).isEqualTo("demo-2");
    }

    @Test
    void theNextWaitsUntilTheOneBeforeUsesTheRingInForce() {
        World world = changed();
        world.writeRing(World.next(world.ring()));
        updated(world, "demo-0");
        assertThat(held(world).check()).isEqualTo("PreviousPodCatchingUp");
    }

    @Test
    void podsThatTheOperatorMerelyCannotSeeAreNotTakenForDeadNorForLive() {
        World world = changed().liveness("demo-1", Liveness.DOWN).liveness("demo-2", Liveness.UNKNOWN);
        assertThat(held(world).check())
                .as(
                        "both are ready for Kubernetes and may serve: neither is free to go, and demo-0 may not count on them")
                .isEqualTo("QuorumRule");
    }

    @Test
    void anUnhealthyPodGoesFirst() {
        assertThat(restarted(changed().dead("demo-2"))).isEqualTo("demo-2");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"RECOVERING", "WAITING_FOR_RING", "FAILED"})
    void anOutdatedPodThatServesNothingIsNeverHeldBack(Phase phase) {
        World world = changed().phase("demo-1", phase).dead("demo-2");
        updated(world, "demo-2");
        assertThat(restarted(world)).isEqualTo("demo-1");
    }

    @Test
    void aCorrectedTemplateIsAppliedToThePodThatTheWrongOneBroke() {
        World world = changed();
        updated(world, "demo-0").dead("demo-0");
        assertThat(held(world).object()).isEqualTo("Pod/demo-0");
        world.withSpec("{replicas: 3, image: 'node:3'}").objectsAsDesired();
        assertThat(restarted(world)).isEqualTo("demo-0");
    }

    @Test
    void noPodGoesWhenItsPartitionsWouldLoseTheirQuorum() {
        World world = World.settled("{replicas: 3}");
        world.store("demo-2", "00000000deadbeef");
        world.withSpec(NEW).objectsAsDesired();
        updated(world, "demo-2");
        Wait wait = held(world);
        assertThat(wait.check()).isEqualTo("QuorumRule");
        assertThat(wait.why()).contains("without demo-0", "1 others live, 2 required");
    }

    @Test
    void aPodGoesWhenOnlyOthersPartitionsAreShort() {
        World world = World.settled("{replicas: 6, replicationFactor: 1}");
        world.store("demo-5", "00000000deadbeef");
        world.withSpec("{replicas: 6, replicationFactor: 1, image: 'node:2'}").objectsAsDesired();
        updated(world, "demo-5");
        assertThat(restarted(world)).isEqualTo("demo-0");
    }

    @Test
    void whereQuorumsNeedEveryCopyAllOthersHaveToBeLive() {
        World world = World.settled("{replicas: 2, replicationFactor: 2}")
                .withSpec("{replicas: 2, replicationFactor: 2, image: 'node:2'}")
                .objectsAsDesired();
        assertThat(restarted(world)).isEqualTo("demo-0");
    }

    @Test
    void noPodThatMayServeGoesWhileTheRingIsMissing() {
        assertThat(held(changed().withoutRingMap()).check()).isEqualTo("RingUnknown");
        assertThat(held(changed().ringText("garbage")).check()).isEqualTo("RingUnknown");
    }

    @Test
    void beforeTheFirstRingThereIsNothingToProtect() {
        World world = World.started(OLD).withSpec(NEW).objectsAsDesired();
        assertThat(restarted(world)).isEqualTo("demo-0");
    }

    @Test
    void noPodIsDeletedBeforeTheControllerKnowsTheNewTemplate() {
        World stale = changed()
                .edit(
                        StatefulSet.class,
                        set -> new StatefulSetBuilder(set)
                                .editMetadata()
                                .withGeneration(2L)
                                .endMetadata()
                                .build());
        assertThat(held(stale).check()).isEqualTo("TemplateNotApplied");
    }

    private static String restarted(World world) {
        Rollout.Decision decision = Rollout.next(world.look());
        assertThat(decision).isInstanceOf(Rollout.Restart.class);
        Rollout.Restart restart = (Rollout.Restart) decision;
        assertThat(restart.uid()).isEqualTo(World.uid(restart.pod()));
        return restart.pod();
    }

    private static Wait held(World world) {
        Rollout.Decision decision = Rollout.next(world.look());
        assertThat(decision).isInstanceOf(Rollout.Held.class);
        return ((Rollout.Held) decision).reason();
    }
}
