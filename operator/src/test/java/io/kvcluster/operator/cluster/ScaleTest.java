package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.crd.Operation;
import io.kvcluster.operator.nodeadmin.NodeReport.Load;
import io.kvcluster.operator.observation.Told;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.DrainProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More members, fewer, other copies: from the spec to the last write. {@link Stage} checks each write against what must never happen. */
class ScaleTest {
    private static final String THREE = "{replicas: 3, partitions: 16}";
    private static final String SIX = "{replicas: 6, partitions: 16}";
    private static final String THREE_DELETE = "{replicas: 3, partitions: 16, storage: {reclaim: Delete}}";
    private static final String SIX_DELETE = "{replicas: 6, partitions: 16, storage: {reclaim: Delete}}";
    private static final int MOST_WRITES = 400;

    @Test
    void upPodsFirstThenMembersThenPartitions() {
        Stage stage = Stage.settled(THREE).want(SIX).run();
        assertSettled(stage, 6, 3);
        assertThat(stage.marks()).isEmpty();
        assertThat(stage.status().operation()).isNull();
        int grown = indexOf(stage, "updates StatefulSet/demo");
        assertThat(grown).isLessThan(indexOf(stage, "demo-3 joins with store " + stage.storeOf("demo-3")));
    }

    @Test
    void downPartitionsFirstThenMembersThenPods() {
        Stage stage = Stage.settled(SIX).want(THREE).run();
        assertSettled(stage, 3, 3);
        assertThat(stage.marks()).containsOnlyKeys("data-demo-3", "data-demo-4", "data-demo-5");
        assertThat(stage.world.all(PersistentVolumeClaim.class)).as("retained").hasSize(6);
        int left = indexOf(stage, "is drained and leaves the ring");
        assertThat(indexOf(stage, "marks PersistentVolumeClaim/data-demo-5")).isLessThan(left);
        assertThat(left).isLessThan(indexOf(stage, "shrinks StatefulSet/demo from 6 to 3"));
    }

    @Test
    void whoLeavesIsTheHighestOrdinalOfTheLargestZone() {
        Stage stage = Stage.settled("{replicas: 7, partitions: 16, topology: {zones: [a, b, c]}}");
        String a = Names.statefulSet("demo", "a");
        String b = Names.statefulSet("demo", "b");
        String c = Names.statefulSet("demo", "c");
        stage.want("{replicas: 5, partitions: 16, topology: {zones: [a, b, c]}}")
                .run();
        assertThat(new TreeSet<>(stage.pods()))
                .hasSize(5)
                .doesNotContain(a + "-2")
                .contains(a + "-0", b + "-0", c + "-0");
        assertThat(stage.ring().members()).hasSize(5);
    }

    @Test
    void claimsOfThoseWhoLeftAreDeletedWhereTheSpecSaysSo() {
        Stage stage = Stage.settled(SIX_DELETE).want(THREE_DELETE).run();
        assertSettled(stage, 3, 3);
        assertThat(stage.world.all(PersistentVolumeClaim.class))
                .extracting(claim -> claim.getMetadata().getName())
                .containsExactlyInAnyOrder("data-demo-0", "data-demo-1", "data-demo-2");
        assertSettled(stage.want(SIX_DELETE).run(), 6, 3);
    }

    @Test
    void whoComesBackWithItsRetainedClaimJoinsAnewAndIsNotTakenForDrained() {
        Stage stage = Stage.settled(SIX);
        String store = stage.storeOf("demo-5");
        stage.want(THREE).run().want(SIX).run();
        assertSettled(stage, 6, 3);
        assertThat(stage.storeOf("demo-5")).isEqualTo(store);
        assertThat(stage.ring().member(store))
                .hasValueSatisfying(member -> assertThat(member.getIndex())
                        .as("an index is never used again")
                        .isGreaterThan(5));
        assertThat(stage.marks()).isEmpty();
        assertSettled(stage.want(THREE).run(), 3, 3);
    }

    @Test
    void anotherFactorAndOtherQuorumsGoTheSameWay() {
        Stage stage = Stage.settled("{replicas: 5, partitions: 16}");
        stage.want("{replicas: 5, replicationFactor: 5, partitions: 16, quorums: {read: 2, write: 4}}")
                .run();
        assertSettled(stage, 5, 5);
        assertThat(stage.ring().read(7)).isEqualTo(2);
        assertThat(stage.ring().write(7)).isEqualTo(4);
        stage.want("{replicas: 5, replicationFactor: 2, partitions: 16}").run();
        assertSettled(stage, 5, 2);
    }

    @Test
    void anotherZoneGetsTheNewMembers() {
        Stage stage = Stage.settled("{replicas: 4, partitions: 16, topology: {zones: [a, b]}}");
        stage.want("{replicas: 6, partitions: 16, topology: {zones: [a, b, c]}}")
                .run();
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.pods()).hasSize(6).contains(Names.statefulSet("demo", "c") + "-1");
        assertThat(stage.ring().members()).hasSize(6);
    }

    @Test
    void theOperationTellsHowFarItIsAndSinceWhen() {
        Stage stage = Stage.settled(THREE).want(SIX);
        List<Operation> told = new ArrayList<>();
        while (stage.pass() || told.isEmpty() || stage.status().operation() != null) {
            Optional.ofNullable(stage.status().operation()).ifPresent(told::add);
            stage.world.later(World.NOW.plusSeconds(told.size()));
        }
        assertThat(told).extracting(Operation::type).containsOnly("ScaleUp");
        assertThat(told).extracting(Operation::since).containsOnly("2026-03-01T12:00:00Z");
        assertThat(told).extracting(Operation::copiesDone).isSorted().endsWith(24);
        assertThat(told).anySatisfy(now -> {
            assertThat(now.partitionsMoving()).isPositive();
            assertThat(now.copiesTotal()).isEqualTo(24);
            assertThat(now.bytesLeft()).isBetween(24 * 20_000L, 24 * 62_500L);
        });
        assertThat(told.getFirst().copiesTotal())
                .as("told before a pod is there")
                .isEqualTo(24);
        assertThat(told.getFirst().joining()).containsExactly("demo-3", "demo-4", "demo-5");
        assertThat(told.getFirst().leaving()).isEmpty();
        assertThat(told.getFirst().lowestCopies()).isEqualTo(3);
        assertThat(told.getLast().bytesLeft()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14})
    void aScaleUpThatIsTakenBackEndsWhereItBegan(int passes) {
        Stage stage = Stage.settled(THREE).want(SIX).passes(passes).want(THREE).run();
        assertSettled(stage, 3, 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20})
    void aScaleDownThatIsTakenBackEndsWhereItBegan(int passes) {
        Stage stage = Stage.settled(SIX).want(THREE).passes(passes).want(SIX).run();
        assertSettled(stage, 6, 3);
        assertThat(stage.marks()).isEmpty();
    }

    @Test
    void anOperatorThatDiesBetweenAnyTwoWritesOfAScaleUpIsFollowedByOneThatEndsTheSame() {
        diesAfterEachWrite(THREE, SIX, stage -> assertSettled(stage, 6, 3));
    }

    @Test
    void anOperatorThatDiesBetweenAnyTwoWritesOfAScaleDownIsFollowedByOneThatEndsTheSame() {
        diesAfterEachWrite(SIX_DELETE, THREE_DELETE, stage -> {
            assertSettled(stage, 3, 3);
            assertThat(stage.world.all(PersistentVolumeClaim.class)).hasSize(3);
        });
    }

    @Test
    void anAutoscalerThatChangesItsMindAllTheTimeEndsWhereItEnds() {
        Random chance = new Random(7);
        for (int round = 0; round < 20; round++) {
            Stage stage = Stage.settled(THREE);
            for (int change = 0; change < 12; change++) {
                stage.want("{replicas: " + (3 + chance.nextInt(4)) + ", partitions: 16}")
                        .passes(1 + chance.nextInt(6));
            }
            assertSettled(stage.want(THREE).run(), 3, 3);
        }
    }

    private static void diesAfterEachWrite(String from, String to, Consumer<Stage> ends) {
        int died = 0;
        for (int writes = 0; writes < MOST_WRITES; writes++) {
            Stage stage = Stage.settled(from).want(to).diesAfter(writes);
            try {
                stage.run();
                assertThat(died).as("deaths").isGreaterThanOrEqualTo(17);
                return;
            } catch (Stage.Died _) {
                died++;
            }
            ends.accept(stage.operatorRestarts().run());
        }
        throw new AssertionError("not done after " + MOST_WRITES + " writes");
    }

    @Test
    void afterTheRingTheClaimsWordIsEnoughForThePodToGo() {
        Stage stage = Stage.settled(SIX).want(THREE);
        while (stage.ring().members().size() == 6) {
            stage.pass();
        }
        assertThat(stage.pods()).hasSize(6);
        stage.silent("demo-3", "demo-4", "demo-5").operatorRestarts().run();
        assertThat(stage.pods()).hasSize(3);
    }

    @Test
    void whoIsSilentDoesNotLeave() {
        Stage stage = Stage.settled(SIX).silent("demo-5").want(THREE).run();
        assertThat(stage.members()).contains("demo-5 NORMAL");
        assertThat(stage.pods()).as("the highest ordinals go, or none").hasSize(6);
        assertThat(stage.waits()).contains("MemberHeld Pod/demo-5");
        assertThat(stage.why()).contains("is not at full strength").contains("demo-5 is not up and sound");
        assertSettled(stage.heard("demo-5").run(), 3, 3);
    }

    @Test
    void whoDoesNotSayWhatItHoldsIsNotDrained() {
        Stage stage = Stage.settled(SIX).lying((pod, told) -> told.drain = Optional.empty());
        stage.want(THREE).run();
        assertThat(stage.members()).contains("demo-3 LEAVING", "demo-4 LEAVING", "demo-5 LEAVING");
        assertThat(stage.pods()).hasSize(6);
        assertThat(stage.waits()).contains("MemberHeld Pod/demo-5");
        assertThat(stage.why()).contains("has not proved that it is drained");
        assertThat(stage.marks()).isEmpty();
        assertThat(stage.status().operation().type()).isEqualTo("ScaleDown");
    }

    @Test
    void whatAnotherStoreOrAnEarlierLifeOrAnOlderRingProvesIsNoProof() {
        for (Consumer<Told> lie : List.<Consumer<Told>>of(
                told -> told.holds(0, 1),
                told -> told.drain = proof("00000000deadbeef", 1, told.epoch),
                told -> told.drain = proof(told.storeId, 0, told.epoch),
                told -> told.drain = proof(told.storeId, 1, 1))) {
            Stage stage = Stage.settled(SIX).lying((pod, told) -> lie.accept(told));
            stage.want(THREE).run();
            assertThat(stage.members()).contains("demo-5 LEAVING");
            assertThat(stage.pods()).hasSize(6);
            assertThat(stage.marks()).isEmpty();
            assertThat(stage.why()).contains("demo-5 is", "drained");
            assertSettled(stage.lying((_, _) -> {}).run(), 3, 3);
        }
    }

    private static Optional<DrainProof> proof(String storeId, int incarnation, long epoch) {
        return Optional.of(new DrainProof(storeId, incarnation, epoch, 0, 0, 0));
    }

    @Test
    void noPartitionMovesBeforeEachMemberSaidThatItFollows() {
        Stage stage = Stage.settled(THREE).lying((pod, told) -> told.follows = !pod.equals("demo-1"));
        stage.want(SIX).run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("MovesNotFollowed Pod/demo-1");
        assertSettled(stage.lying((_, _) -> {}).run(), 6, 3);
    }

    @Test
    void aPodThatDoesNotFollowMovesDoesNotJoin() {
        Stage stage = Stage.settled(THREE).lying((pod, told) -> told.follows = !pod.equals("demo-4"));
        stage.want(SIX).run();
        assertThat(stage.ring().members()).hasSize(5);
        assertThat(stage.waits()).containsExactly("MovesNotFollowed Pod/demo-4");
        assertThat(stage.status().operation().type()).isEqualTo("ScaleUp");
    }

    @Test
    void aPodWithoutRoomDoesNotJoin() {
        Stage stage = Stage.settled(THREE)
                .lying((pod, told) ->
                        told.load = pod.equals("demo-3") ? new Load(0, 1000, 1 << 30, 0, 0, 0) : Told.LOAD);
        stage.want("{replicas: 4, partitions: 16}").run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("NoRoom Pod/demo-3");
        assertThat(stage.why()).contains("has 1000 free");
    }

    @Test
    void aStoreThatWasAMemberJoinsOnlyEmpty() {
        Stage stage = Stage.settled("{replicas: 4, partitions: 16}").want(THREE).run();
        stage.lying((pod, told) -> {
            if (pod.equals("demo-3")) {
                told.holds(0, 5);
            }
        });
        stage.want("{replicas: 4, partitions: 16}").run();
        assertThat(stage.waits()).containsExactly("StoreNotEmpty Pod/demo-3");
        assertThat(stage.ring().members()).hasSize(3);
        assertSettled(stage.lying((_, _) -> {}).run(), 4, 3);
    }

    @Test
    void podsThatDoNotStartHoldNothingUpButTheirJoining() {
        Stage stage = Stage.settled(THREE)
                .silent("demo-3", "demo-4")
                .want("{replicas: 5, partitions: 16}")
                .run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("WaitingForMembers KvCluster/demo");
        assertThat(stage.status().members()).hasSize(5);
        assertSettled(stage.want(THREE).run(), 3, 3);
        assertThat(stage.pods()).hasSize(3);
    }

    @Test
    void aCancelIsNotHeldUpByTheJoinerThatMadeItNecessary() {
        Stage stage = Stage.settled(THREE).want("{replicas: 4, partitions: 16}");
        while (stage.ring().members().size() == 3) {
            stage.pass();
        }
        stage.silent("demo-3").want(THREE).run();
        assertThat(stage.members()).contains("demo-3 LEAVING");
        assertThat(stage.ring().partitionsOf(stage.storeOf("demo-3"))).isEmpty();
        assertThat(stage.pods()).as("unknown is not drained").hasSize(4);
        assertThat(stage.why()).contains("demo-3 is not heard");
        assertSettled(stage.heard("demo-3").run(), 3, 3);
    }

    @Test
    void aStatefulSetThatSomebodyScaledDownIsScaledBackUpAndOneScaledUpIsShrunkWithProof() {
        Stage stage = Stage.settled(THREE);
        scaled(stage, 1);
        assertSettled(stage.run(), 3, 3);
        scaled(stage, 5);
        stage.heard("demo-3").run();
        assertSettled(stage, 3, 3);
        assertThat(stage.ring().epoch()).isEqualTo(1);
    }

    private static void scaled(Stage stage, int replicas) {
        stage.world.edit(
                StatefulSet.class,
                set -> new io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder(set)
                        .editSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .build());
    }

    private static void assertSettled(Stage stage, int members, int copies) {
        Ring ring = stage.ring();
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.members()).hasSize(members).allMatch(member -> member.endsWith(" NORMAL"));
        assertThat(stage.pods()).hasSize(members);
        Map<String, Integer> held = new TreeMap<>();
        for (int p = 0; p < ring.partitions(); p++) {
            assertThat(ring.moves(p)).isFalse();
            assertThat(ring.replicas(p)).hasSize(copies);
            ring.replicas(p).forEach(member -> held.merge(member.getName(), 1, Integer::sum));
        }
        int fair = ring.partitions() * copies / members;
        assertThat(held.values()).hasSize(members).allMatch(count -> count >= fair - 1 && count <= fair + 2);
        assertThat(stage.status().phase()).isEqualTo("Ready");
        assertThat(stage.status().operation()).isNull();
        int before = stage.done.size();
        stage.passes(3);
        assertThat(stage.done).as("nothing is left to do").hasSize(before);
    }

    private static int indexOf(Stage stage, String part) {
        for (int i = 0; i < stage.done.size(); i++) {
            if (stage.done.get(i).contains(part)) {
                return i;
            }
        }
        throw new AssertionError("never did: " + part + " in " + stage.done);
    }
}
