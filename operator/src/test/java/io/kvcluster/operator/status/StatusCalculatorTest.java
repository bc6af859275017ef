package io.kvcluster.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.crd.Operation;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.RingChange;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusCalculatorTest {
    private static final String SPEC = "{replicas: 3}";
    private static final Wait STORE_LOST = new Wait("StoreLost", "Pod/demo-1", "its disk is gone", "give it back");

    @Test
    void aSettledClusterIsReady() {
        KvClusterStatus status = status(World.settled(SPEC));
        assertThat(status.phase()).isEqualTo("Ready");
        assertThat(status.ready()).isEqualTo("3/3");
        assertThat(status.quorums()).isEqualTo("2/2");
        assertThat(status.replicas()).isEqualTo(3);
        assertThat(status.readyReplicas()).isEqualTo(3);
        assertThat(status.version()).isEqualTo("1.0");
        assertThat(status.ring().epoch()).isEqualTo(1);
        assertThat(status.ring().clusterId()).isEqualTo(World.CLUSTER_ID);
        assertThat(status.ring().underReplicatedPartitions()).isZero();
        assertThat(conditions(status))
                .containsExactly(
                        "Available=True QuorumsServed",
                        "Progressing=False Settled",
                        "Degraded=False FullyReplicated",
                        "Warning=False None");
        assertThat(status.conditions())
                .allSatisfy(condition ->
                        assertThat(condition.getObservedGeneration()).isEqualTo(1));
        assertThat(status.members()).hasSize(3).allSatisfy(member -> {
            assertThat(member.live()).isTrue();
            assertThat(member.state()).isEqualTo("NORMAL");
            assertThat(member.ownedPartitions()).isEqualTo(64);
            assertThat(member.epoch()).isEqualTo(1);
            assertThat(member.storeId()).isEqualTo(World.storeId(member.name()));
        });
    }

    @Test
    void theSameWorldLaterHasTheSameStatus() {
        World world = World.settled(SPEC);
        KvClusterStatus first = status(world);
        world.withStatus(first).later(World.NOW.plusSeconds(3600));
        assertThat(status(world)).isEqualTo(first);
    }

    @Test
    void waitsKeepTheTimeTheyBegan() {
        World world = World.settled(SPEC).store("demo-1", "00000000deadbeef");
        KvClusterStatus first = StatusCalculator.of(world.look(), List.of(STORE_LOST), false, new Progress.Arrived());
        world.withStatus(first).later(World.NOW.plusSeconds(3600));
        assertThat(StatusCalculator.of(world.look(), List.of(STORE_LOST), false, new Progress.Arrived()))
                .isEqualTo(first);
        assertThat(first.blockedBy().getFirst().since()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(first.blockedBy().getFirst().message()).isEqualTo("its disk is gone");
    }

    @Test
    void aMemberOneEpochBehindServesAndOneThatIsTwoBehindDoesNot() {
        World world = World.settled(SPEC);
        Ring second = World.next(world.ring());
        world.writeRing(second);
        assertThat(conditions(status(world)))
                .contains("Available=True QuorumsServed", "Degraded=False FullyReplicated");
        world.writeRing(World.next(second));
        assertThat(conditions(status(world))).contains("Available=False QuorumLost");
        world.nodes().acknowledgeWhatIsPushed(world.look());
        assertThat(conditions(status(world)))
                .as("who acknowledged a ring has it, whatever it reported before")
                .contains("Available=True QuorumsServed", "Degraded=False FullyReplicated");
    }

    @Test
    void aPartitionThatMovesNeedsItsOldAndItsNewReplicas() {
        World world = World.settled("{replicas: 4, replicationFactor: 1, partitions: 8}");
        int from = world.ring().primary(0).getIndex();
        int to = (from + 1) % 4;
        Ring moving = ((RingCheck.Valid) RingChange.next(
                        world.ring(),
                        table -> table.getPartitionsBuilder(0)
                                .getMoveBuilder()
                                .addReplicas(to)
                                .setRead(1)
                                .setWrite(1)
                                .setPhase(MovePhase.COPY)
                                .setCopyEpoch(2)))
                .ring();
        world.writeRing(moving).serveAll();
        assertThat(conditions(status(world))).contains("Available=True QuorumsServed");
        KvClusterStatus status = status(world.dead(moving.target(0).getFirst().getName()));
        assertThat(condition(status, "Available").getMessage())
                .as("its own two partitions, and the one that it is to get")
                .contains("3 of 8 partitions");
    }

    @Test
    void podsThatAreToJoinAreShownAndAreNoMembersMissing() {
        World world = World.settled(SPEC).withSpec("{replicas: 4}");
        KvClusterStatus status = status(world);
        assertThat(status.members()).extracting(MemberStatus::name).contains("demo-3");
        assertThat(member(status, "demo-3").state()).isEqualTo("PENDING");
        assertThat(conditions(status)).contains("Available=True QuorumsServed", "Degraded=False FullyReplicated");
    }

    @Test
    void anOperationKeepsItsBeginningAndItsWholeUntilItArrives() {
        World world = World.settled(SPEC);
        world.withStatus(StatusCalculator.of(world.look(), List.of(), true, underWay("six", 24, "")));
        world.later(World.NOW.plusSeconds(60));
        KvClusterStatus later = StatusCalculator.of(world.look(), List.of(), true, underWay("six", 20, "a copy"));
        assertThat(later.operation())
                .isEqualTo(new Operation(
                        "ScaleUp",
                        "six",
                        2,
                        4,
                        24,
                        2000,
                        2400,
                        2,
                        AHEAD.joining(),
                        AHEAD.leaving(),
                        "a copy",
                        "2026-03-01T12:00:00Z"));
        assertThat(conditions(later)).contains("Progressing=True ScaleUp");
        assertThat(condition(later, "Progressing").getMessage()).contains("4 of 24 copies made", "next: a copy");
        world.withStatus(later);
        assertThat(StatusCalculator.of(world.look(), List.of(), true, new Progress.Unknown())
                        .operation())
                .as("a pass that did not look at the ring says nothing about it")
                .isEqualTo(later.operation());
        Operation other = StatusCalculator.of(world.look(), List.of(), true, underWay("three", 5, ""))
                .operation();
        assertThat(other)
                .isEqualTo(new Operation(
                        "ScaleUp",
                        "three",
                        2,
                        0,
                        5,
                        500,
                        500,
                        2,
                        AHEAD.joining(),
                        AHEAD.leaving(),
                        null,
                        "2026-03-01T12:01:00Z"));
        assertThat(status(world).operation()).isNull();
    }

    private static final Progress.Ahead AHEAD = new Progress.Ahead(List.of("demo-3"), List.of("demo-0"), 2);

    private static Progress underWay(String goal, int copiesLeft, String waitingFor) {
        return new Progress.UnderWay("ScaleUp", goal, 2, copiesLeft, copiesLeft * 100L, waitingFor, AHEAD);
    }

    @Test
    void beforeTheFirstRingItIsPending() {
        KvClusterStatus status = status(World.started(SPEC));
        assertThat(status.phase()).isEqualTo("Pending");
        assertThat(status.ring()).isNull();
        assertThat(conditions(status)).contains("Available=False NoRing", "Degraded=False NoRing");
        assertThat(status.members())
                .extracting(MemberStatus::state)
                .containsExactly("WAITING_FOR_RING", "WAITING_FOR_RING", "WAITING_FOR_RING");
    }

    @Test
    void oneDeadMemberDegradesButQuorumsAreServed() {
        World world = World.settled(SPEC);
        world.withStatus(status(world)).later(World.NOW.plusSeconds(60)).dead("demo-1");
        KvClusterStatus status = status(world);
        assertThat(conditions(status)).contains("Available=True QuorumsServed", "Degraded=True MembersMissing");
        assertThat(status.phase()).isEqualTo("Degraded");
        assertThat(status.ring().underReplicatedPartitions()).isEqualTo(64);
        assertThat(member(status, "demo-1").live()).isFalse();
        assertThat(member(status, "demo-1").since()).isEqualTo("2026-03-01T12:01:00Z");
        assertThat(member(status, "demo-0").since()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(condition(status, "Degraded").getLastTransitionTime()).isEqualTo("2026-03-01T12:01:00Z");
        assertThat(condition(status, "Available").getLastTransitionTime()).isEqualTo("2026-03-01T12:00:00Z");
    }

    @Test
    void twoDeadMembersLoseTheQuorum() {
        KvClusterStatus status = status(World.settled(SPEC).dead("demo-1").podGone("demo-2"));
        assertThat(condition(status, "Available").getStatus()).isEqualTo("False");
        assertThat(condition(status, "Available").getReason()).isEqualTo("QuorumLost");
        assertThat(condition(status, "Available").getMessage()).contains("64 of 64", "demo-1, demo-2");
        assertThat(status.phase()).isEqualTo("Unavailable");
    }

    @Test
    void weakQuorumsStillPromiseLevelQuorum() {
        World world =
                World.settled("{replicas: 3, quorums: {read: 1, write: 1}}").dead("demo-1");
        KvClusterStatus status = status(world);
        assertThat(conditions(status)).contains("Available=True QuorumsServed", "Warning=True WeakQuorums");
        assertThat(condition(status(world.dead("demo-2")), "Available").getStatus())
                .isEqualTo("False");
    }

    @Test
    void aMemberThatRecoversIsLiveButDoesNotCount() {
        KvClusterStatus status = status(World.settled(SPEC).phase("demo-0", Phase.RECOVERING));
        assertThat(member(status, "demo-0").live()).isTrue();
        assertThat(status.ring().underReplicatedPartitions()).isEqualTo(64);
    }

    @Test
    void aPodWithAnotherDiskIsNotLiveAndDegradesTheCluster() {
        World world = World.settled(SPEC).store("demo-1", "00000000deadbeef");
        KvClusterStatus status = StatusCalculator.of(world.look(), List.of(STORE_LOST), false, new Progress.Arrived());
        assertThat(member(status, "demo-1").state()).isEqualTo("LOST_STORE");
        assertThat(member(status, "demo-1").live()).isFalse();
        assertThat(member(status, "demo-1").storeId()).isEqualTo(World.storeId("demo-1"));
        assertThat(conditions(status)).contains("Degraded=True StoreLost", "Progressing=False Settled");
    }

    @Test
    void anOperatorThatHasJustStartedKeepsWhatWasSaidUntilItKnows() {
        World world = World.settled(SPEC);
        KvClusterStatus before = status(world);
        world.withStatus(before);
        world.expectedPods().forEach(pod -> world.liveness(pod, Liveness.UNKNOWN));
        assertThat(status(world)).isEqualTo(before);
        world.nodes().deaf(true);
        assertThat(status(world))
                .as("in the very first pass not even a watch is there")
                .isEqualTo(before);
        world.nodes().deaf(false);
        world.address("demo-0", "10.9.9.9");
        assertThat(member(status(world), "demo-0").live())
                .as("a pod at another address is another process")
                .isFalse();
        world.address("demo-0", "10.0.0.1");
        world.expectedPods().forEach(pod -> world.liveness(pod, Liveness.DOWN));
        assertThat(condition(status(world), "Available").getStatus())
                .as("silence for long enough is news")
                .isEqualTo("False");
    }

    @Test
    void whatALeavingPodSaidDoesNotCount() {
        KvClusterStatus status = status(World.settled(SPEC).podLeaving("demo-2"));
        assertThat(member(status, "demo-2").live()).isFalse();
        assertThat(status.replicas()).isEqualTo(2);
    }

    @Test
    void heldChangesAreAWarningAndDoNotProgress() {
        World world = World.settled(SPEC).withSpec("{replicas: 5}");
        KvClusterStatus status = StatusCalculator.of(
                world.look(),
                List.of(new Wait("ChangeHeld", "spec.replicas", "spec.replicas is 5 but 3", "set it back")),
                false,
                new Progress.Arrived());
        assertThat(conditions(status)).contains("Warning=True ChangeHeld", "Progressing=False Settled");
        assertThat(condition(status, "Warning").getMessage()).contains("spec.replicas is 5 but 3", "set it back");
        assertThat(status.ready()).isEqualTo("3/5");
        assertThat(status.observedGeneration()).isEqualTo(2);
    }

    @Test
    void anInvalidSpecIsAWarningThatNamesTheProblemAndWhatStaysInForce() {
        World world = World.settled(SPEC).withSpec("{replicas: 3, quorums: {read: 7}}");
        KvClusterStatus status = status(world);
        assertThat(condition(status, "Warning").getReason()).isEqualTo("InvalidSpec");
        assertThat(condition(status, "Warning").getMessage())
                .contains("spec.quorums.read is 7 but must be from 1 to 3", "the last valid one stays in force");
        assertThat(condition(status, "Available").getStatus()).isEqualTo("True");
    }

    @Test
    void aSpecThatNeverWasValidIsInvalid() {
        World world = World.justApplied("{replicas: 2}");
        KvClusterStatus status = StatusCalculator.invalid(
                world.cluster(), io.kvcluster.operator.observation.SpecRules.steer(world.cluster()), World.NOW);
        assertThat(status.phase()).isEqualTo("Invalid");
        assertThat(status.blockedBy().getFirst().message())
                .contains("spec.replicationFactor is 3 but must be at most spec.replicas, which is 2");
    }

    @Test
    void pausedSaysSo() {
        World world = World.settled(SPEC).withSpec("{replicas: 3, paused: true}");
        KvClusterStatus status = StatusCalculator.of(
                world.look(),
                List.of(new Wait("Paused", "spec.paused", "nothing is done", "unset it")),
                false,
                new Progress.Arrived());
        assertThat(status.phase()).isEqualTo("Paused");
        assertThat(conditions(status)).contains("Progressing=False Paused");
    }

    private static KvClusterStatus status(World world) {
        return StatusCalculator.of(world.look(), List.of(), false, new Progress.Arrived());
    }

    private static MemberStatus member(KvClusterStatus status, String name) {
        return status.members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Condition condition(KvClusterStatus status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> conditions(KvClusterStatus status) {
        return status.conditions().stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus() + " " + condition.getReason())
                .toList();
    }
}
