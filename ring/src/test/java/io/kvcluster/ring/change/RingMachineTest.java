package io.kvcluster.ring.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whole operations, ring by ring. */
class RingMachineTest {
    private static final Wanted THREE = Wanted.of(3, 2, 2);

    @Test
    void aRingThatIsWhatIsWantedIsSettled() {
        assertThat(Stores.of(3, 3, 3, 2, 2).step(THREE)).isEqualTo(new RingMachine.Settled());
    }

    @Test
    void newPodsJoinGetTheirShareAndAreNormal() {
        Stores stores = Stores.of(3, 3, 3, 2, 2);
        Wanted six = THREE.joining(Stores.pods(0, 6, 3));

        RingMachine.Changed first = (RingMachine.Changed) stores.step(six);
        assertThat(first.ring().members()).hasSize(6);
        assertThat(first.ring().members().subList(3, 6))
                .allSatisfy(member -> assertThat(member.getState()).isEqualTo(MemberState.JOINING));
        assertThat(first.steps()).contains("demo-3 joins with store " + Stores.id(3));
        assertThat(stores.run(six)).isEqualTo(new RingMachine.Settled());
        assertThat(stores.ring.members()).allSatisfy(member -> {
            assertThat(member.getState()).isEqualTo(MemberState.NORMAL);
            assertThat(stores.ring.partitionsOf(member.getStoreId())).hasSize(8);
        });
    }

    @Test
    void aMemberLeavesOnlyWithItsOwnProof() {
        Stores stores = Stores.of(4, 0, 3, 2, 2);
        Set<String> leave = Leavers.choose(stores.ring, 3);
        assertThat(leave).containsExactly(Stores.id(3));
        Wanted fewer = THREE.leaving(leave);

        RingMachine.Next end = stores.run(fewer);
        assertThat(end)
                .isEqualTo(new RingMachine.Waiting(
                        List.of(new RingMachine.Wait("demo-3", "is leaving and has not proved that it is drained"))));
        assertThat(stores.ring.partitionsOf(Stores.id(3))).isEmpty();

        DrainProof of = stores.drained(3);
        List.of(
                        new DrainProof(Stores.id(2), 1, of.epoch(), 0, 0, 0),
                        new DrainProof(of.storeId(), 0, of.epoch(), 0, 0, 0),
                        new DrainProof(of.storeId(), 1, 1, 0, 0, 0),
                        new DrainProof(of.storeId(), 1, of.epoch(), 1, 0, 0),
                        new DrainProof(of.storeId(), 1, of.epoch(), 0, 1, 0),
                        new DrainProof(of.storeId(), 1, of.epoch(), 0, 0, 1))
                .forEach(proof -> assertThat(stores.step(fewer.drained(List.of(proof))))
                        .as("%s", proof)
                        .isInstanceOf(RingMachine.Waiting.class));
        assertThat(stores.step(fewer.drained(List.of(of)))).isInstanceOf(RingMachine.Changed.class);
        assertThat(stores.ring.members()).extracting(Member::getName).containsExactly("demo-0", "demo-1", "demo-2");
        assertThat(stores.run(THREE)).isEqualTo(new RingMachine.Settled());
    }

    @Test
    void aDrainProofSaysNothingWhileTheRingNamesTheStore() {
        Stores stores = Stores.of(4, 0, 3, 2, 2);
        Member member = stores.ring.members().get(3);

        assertThat(new DrainProof(Stores.id(3), 1, stores.ring.epoch(), 0, 0, 0).obstacle(stores.ring, member))
                .contains("the ring names it for 12 partitions");
    }

    @Test
    void anIndexIsNeverUsedAgain() {
        Stores stores = Stores.of(4, 0, 3, 2, 2);
        Wanted fewer = THREE.leaving(Set.of(Stores.id(3)));
        stores.run(fewer);
        stores.run(fewer.drained(List.of(stores.drained(3))));
        assertThat(stores.ring.table().getNextMemberIndex()).isEqualTo(4);

        stores.run(THREE.joining(List.of(Stores.pod(3, 9, 0))));
        assertThat(stores.ring.members()).extracting(Member::getIndex).containsExactly(0, 1, 2, 4);
        assertThat(stores.ring.table().getNextMemberIndex()).isEqualTo(5);
    }

    @Test
    void aCancelledScaleUpReturnsToTheOldRing() {
        Stores stores = Stores.of(3, 3, 3, 2, 2);
        List<Partition> before = settled(stores.ring);
        Wanted six = THREE.joining(Stores.pods(0, 6, 3));
        for (int epoch = 0; epoch < 4; epoch++) {
            stores.step(six);
        }
        assertThat(phases(stores.ring)).isNotEmpty();

        Wanted back = THREE.leaving(Set.of(Stores.id(3), Stores.id(4), Stores.id(5)));
        stores.run(back);
        stores.run(back.drained(List.of(stores.drained(3), stores.drained(4), stores.drained(5))));
        assertThat(stores.ring.members()).hasSize(3);
        assertThat(sets(settled(stores.ring))).isEqualTo(sets(before));
    }

    @Test
    void aCancelledScaleDownKeepsTheMember() {
        Stores stores = Stores.of(4, 0, 3, 2, 2);
        stores.step(THREE.leaving(Set.of(Stores.id(3))));
        assertThat(phases(stores.ring)).containsOnly(MovePhase.COPY);

        assertThat(stores.run(THREE)).isEqualTo(new RingMachine.Settled());
        assertThat(stores.ring.partitionsOf(Stores.id(3))).hasSize(12);
        assertThat(stores.ring.members())
                .allSatisfy(member -> assertThat(member.getState()).isEqualTo(MemberState.NORMAL));
    }

    @Test
    void aCancelWhileTheNewSetIsReadGoesThroughBack() {
        Stores stores = Stores.of(3, 0, 3, 2, 2);
        Wanted four = THREE.joining(List.of(Stores.pod(3, 3, 0)));
        stores.step(four);
        stores.step(four);
        assertThat(phases(stores.ring)).contains(MovePhase.READ_NEW);

        // the one that joins is lost
        stores.down(3);
        Wanted without = THREE.replacing(Map.of(Stores.id(3), true));
        stores.step(without);
        assertThat(phases(stores.ring)).containsOnly(MovePhase.BACK);
        stores.adopted(0, 1).adopted(1, 1).adopted(2, 1);
        stores.adoptAll = false;
        assertThat(stores.step(without)).isInstanceOf(RingMachine.Waiting.class);
        stores.adoptAll = true;
        stores.run(without);
        assertThat(stores.ring.members()).hasSize(3);
        assertThat(phases(stores.ring)).isEmpty();
    }

    @Test
    void aPodWithAnotherDiskTakesThePlaceOfItsEarlierStore() {
        Stores stores = Stores.of(3, 3, 3, 2, 2).down(2);
        Wanted other = THREE.joining(List.of(Stores.pod(2, 9, 3)));
        assertThat(stores.step(other))
                .isEqualTo(new RingMachine.Waiting(List.of(new RingMachine.Wait(
                        "demo-2",
                        "has store " + Stores.id(9)
                                + ", but the ring names it with another one that is not given up"))));

        assertThat(stores.run(other.replacing(Map.of(Stores.id(2), true)))).isEqualTo(new RingMachine.Settled());
        assertThat(stores.ring.members())
                .extracting(Member::getStoreId)
                .containsExactly(Stores.id(0), Stores.id(1), Stores.id(9));
        assertThat(stores.ring.partitionsOf(Stores.id(9))).hasSize(16);
    }

    @Test
    void aPodThatIsGoneIsReplacedByTheOthers() {
        Stores stores = Stores.of(4, 0, 3, 2, 2).down(3);
        Wanted without = THREE.replacing(Map.of(Stores.id(3), false));

        assertThat(stores.run(without)).isEqualTo(new RingMachine.Settled());
        assertThat(stores.ring.members()).hasSize(3);
        for (int p = 0; p < 16; p++) {
            assertThat(stores.names(p)).containsExactlyInAnyOrder("demo-0", "demo-1", "demo-2");
        }
    }

    @Test
    void aStoreThatReturnsBeforeItIsReplacedStays() {
        Stores stores = Stores.of(4, 0, 3, 2, 2).down(3);
        stores.step(THREE.replacing(Map.of(Stores.id(3), false)));
        assertThat(stores.ring.members().get(3).getState()).isEqualTo(MemberState.REPLACED);

        stores.up(3);
        assertThat(stores.run(THREE)).isEqualTo(new RingMachine.Settled());
        assertThat(stores.ring.partitionsOf(Stores.id(3))).hasSize(12);
    }

    @Test
    void aGoneDiskNeverComesBack() {
        Stores stores = Stores.of(4, 0, 3, 2, 2).down(3);
        stores.step(THREE.replacing(Map.of(Stores.id(3), false)));
        stores.step(THREE.replacing(Map.of(Stores.id(3), true)));
        assertThat(stores.ring.members().get(3).getDiskGone()).isTrue();

        assertThat(stores.run(THREE)).isEqualTo(new RingMachine.Settled());
        assertThat(stores.ring.members()).hasSize(3);
    }

    @Test
    void theReplicationFactorAndTheQuorumsChangeByMovesToo() {
        Stores stores = Stores.of(5, 0, 3, 2, 2);
        for (Wanted wanted : List.of(
                Wanted.of(5, 3, 3),
                Wanted.of(5, 1, 5),
                Wanted.of(3, 2, 2),
                Wanted.of(3, 3, 1),
                Wanted.of(2, 1, 2),
                Wanted.of(4, 2, 3),
                Wanted.of(1, 1, 1),
                Wanted.of(3, 2, 2))) {
            assertThat(stores.run(wanted)).isEqualTo(new RingMachine.Settled());
            for (int p = 0; p < 16; p++) {
                assertThat(stores.ring.replicas(p)).hasSize(wanted.replicationFactor());
                assertThat(stores.ring.read(p)).isEqualTo(wanted.read());
                assertThat(stores.ring.write(p)).isEqualTo(wanted.write());
            }
        }
    }

    @Test
    void noMoreMovesAtOnceThanThePaceAllows() {
        Stores stores = Stores.of(3, 0, 3, 2, 2);
        Wanted four = THREE.joining(List.of(Stores.pod(3, 3, 0)));
        stores.step(four, new Pace(2, 1));
        assertThat(phases(stores.ring)).containsExactly(MovePhase.COPY, MovePhase.COPY);
        for (int i = 0; i < 3; i++) {
            String storeId = Stores.id(i);
            assertThat(java.util.stream.IntStream.range(0, 16)
                            .filter(p -> stores.ring.moves(p) && !stores.ring.isTarget(p, storeId))
                            .count())
                    .isLessThanOrEqualTo(1);
        }
        stores.silent(3);
        assertThat(stores.step(four, new Pace(2, 1))).isInstanceOf(RingMachine.Waiting.class);
    }

    @Test
    void nothingBeginsToMoveToAStoreThatIsDownOrFromTooFew() {
        Stores stores = Stores.of(3, 0, 3, 2, 2).down(3);
        Wanted four = THREE.joining(List.of(Stores.pod(3, 3, 0)));
        stores.step(four);
        assertThat(phases(stores.ring)).isEmpty();
        assertThat(((RingMachine.Waiting) stores.step(four)).waits())
                .anySatisfy(wait -> assertThat(wait.why()).isEqualTo("demo-3, which is to get it, is not up"));

        stores.up(3).down(0).suspect(1);
        assertThat(((RingMachine.Waiting) stores.step(four)).waits())
                .anySatisfy(wait -> assertThat(wait.why())
                        .isEqualTo("1 of its replicas are up and sound, 2 are needed to copy from"));
    }

    @Test
    void whatCannotBePlacedKeepsItsPlaceAndSaysWhy() {
        Stores stores = Stores.of(3, 0, 3, 2, 2);

        assertThat(stores.step(Wanted.of(5, 3, 3)))
                .isEqualTo(new RingMachine.Waiting(List.of(new RingMachine.Wait(
                        "placement", "there are 3 members that may hold partitions, but 5 copies need 5..256"))));
    }

    @Test
    void everyRingFitsItsConfigMapWithEveryPartitionMoving() {
        RingChange.Made made = (RingChange.Made) RingChange.first(new RingChange.First(
                "demo",
                io.kvcluster.ring.Rings.CLUSTER_ID,
                Stores.pods(0, 60, 3),
                3,
                2,
                2,
                1024,
                io.kvcluster.ring.Rings.defaults()));
        Stores stores = new Stores(made.ring());
        stores.step(Wanted.of(5, 3, 3), new Pace(Pace.MAX, Pace.MAX));

        assertThat(phases(stores.ring)).hasSizeGreaterThan(900);
        assertThat(RingJson.write(stores.ring.table())).hasSizeLessThan(RingJson.MAX_BYTES);
    }

    @Test
    void aLeaverNeedsFullStrengthEnoughMembersZonesAndRoom() {
        assertRefused(Stores.of(4, 0, 3, 2, 2).down(0), Set.of(Stores.id(3)), "is not at full strength, demo-0");
        assertRefused(Stores.of(4, 0, 3, 2, 2).suspect(1), Set.of(Stores.id(3)), "is not at full strength, demo-1");
        assertRefused(Stores.of(3, 3, 3, 2, 2), Set.of(Stores.id(2)), "2 members would remain, 3 copies need as many");
        assertRefused(Stores.of(5, 3, 3, 2, 2), Set.of(Stores.id(2)), "2 zones would remain, copies are in 3");
        assertRefused(Stores.of(4, 0, 3, 2, 2).free(0, 10), Set.of(Stores.id(3)), "demo-0 would get ");
    }

    private static void assertRefused(Stores stores, Set<String> leave, String why) {
        assertThat(((RingMachine.Waiting) stores.step(THREE.leaving(leave))).waits())
                .anySatisfy(wait ->
                        assertThat(wait.why()).startsWith("cannot leave: ").contains(why));
    }

    @Test
    void nobodyIsGivenUpAgainstTheBrakes() {
        assertHeld(
                Stores.of(4, 0, 3, 2, 2).down(2).down(3), Map.of(Stores.id(3), true), "only 2 of 4 members are heard");
        assertHeld(
                Stores.of(5, 0, 3, 2, 2).down(3).down(2),
                Map.of(Stores.id(3), true),
                "other replicas are up and sound, 2 are needed");
        Stores two = Stores.of(6, 3, 3, 2, 2).down(2).down(5);
        RingMachine.Changed changed =
                (RingMachine.Changed) two.step(THREE.replacing(Map.of(Stores.id(2), true, Stores.id(5), true)));
        assertThat(changed.waits()).noneSatisfy(wait -> assertThat(wait.about()).isEqualTo("demo-5"));
        Stores domains = Stores.of(6, 3, 3, 2, 2).down(2);
        domains.step(THREE.replacing(Map.of(Stores.id(2), true)));
        domains.down(3);
        assertThat(RingMachine.next(
                        domains.ring,
                        THREE.replacing(Map.of(Stores.id(2), true, Stores.id(3), true)),
                        domains.reports(THREE),
                        Pace.defaults()))
                .satisfies(next -> assertThat(waits(next))
                        .anySatisfy(wait -> assertThat(wait.why())
                                .contains("demo-2, of another fault domain, is being replaced; one at a time")));
    }

    @Test
    void everyPodGivenAnEmptyDiskAtOnceReplacesNobody() {
        Stores stores = Stores.of(3, 3, 3, 2, 2).down(0).down(1).down(2);
        Wanted all = THREE.joining(List.of(Stores.pod(0, 7, 3), Stores.pod(1, 8, 3), Stores.pod(2, 9, 3)))
                .replacing(Map.of(Stores.id(0), true, Stores.id(1), true, Stores.id(2), true));
        Ring before = stores.ring;

        assertThat(stores.step(all)).isInstanceOf(RingMachine.Waiting.class);
        assertThat(stores.ring).isEqualTo(before);
    }

    private static List<RingMachine.Wait> waits(RingMachine.Next next) {
        return switch (next) {
            case RingMachine.Changed changed -> changed.waits();
            case RingMachine.Waiting waiting -> waiting.waits();
            case RingMachine.Settled _, RingMachine.Refused _ -> List.of();
        };
    }

    private static void assertHeld(Stores stores, Map<String, Boolean> replace, String why) {
        assertThat(waits(stores.step(THREE.replacing(replace))))
                .anySatisfy(wait ->
                        assertThat(wait.why()).startsWith("is not given up: ").contains(why));
    }

    @Test
    void thePlanTellsCopiesAndBytesBeforeAnythingBegins() {
        Stores stores = Stores.of(3, 0, 3, 2, 2);
        Wanted four = THREE.joining(List.of(Stores.pod(3, 3, 0)));

        MovePlan grown = possible(MovePlan.of(stores.ring, four, stores.reports(four)));
        long bytes = 12 * (Stores.LOG_BYTES / 16);
        assertThat(grown.partitions()).isEqualTo(12);
        assertThat(grown.copies()).isEqualTo(12);
        assertThat(grown.bytes()).isEqualTo(bytes);
        assertThat(grown.lowestCopies()).isEqualTo(3);
        assertThat(grown.shares()).containsEntry("demo-3", new MovePlan.Share(12, 0, bytes));
        assertThat(grown.shares().values().stream().mapToInt(MovePlan.Share::gives))
                .as("each of the twelve is given by one of the others")
                .satisfies(gives -> assertThat(
                                gives.stream().mapToInt(Integer::intValue).sum())
                        .isEqualTo(12));
        assertThat(MovePlan.of(stores.ring, Wanted.of(7, 4, 4), stores.reports(THREE)))
                .isInstanceOf(MovePlan.Result.Impossible.class);
    }

    @Test
    void thePlanCountsWhoIsGivenUpAsMissingAndFewerCopiesAsFewer() {
        Stores stores = Stores.of(4, 0, 3, 2, 2);
        String lost = stores.ring.members().get(1).getStoreId();
        Wanted replaced = THREE.replacing(Map.of(lost, true)).joining(List.of(Stores.pod(4, 4, 0)));

        MovePlan plan = possible(MovePlan.of(stores.ring, replaced, stores.reports(replaced)));
        assertThat(plan.partitions()).isEqualTo(12);
        assertThat(plan.copies()).isEqualTo(12);
        assertThat(plan.shares().get("demo-1").gives()).isEqualTo(12);
        assertThat(plan.lowestCopies()).isEqualTo(2);

        MovePlan fewer = possible(MovePlan.of(stores.ring, Wanted.of(2, 1, 2), stores.reports(THREE)));
        assertThat(fewer.copies()).isZero();
        assertThat(fewer.partitions()).isEqualTo(16);
        assertThat(fewer.lowestCopies()).isEqualTo(2);
    }

    private static MovePlan possible(MovePlan.Result result) {
        return ((MovePlan.Result.Possible) result).plan();
    }

    @Test
    void theHighestOrdinalOfTheLargestZoneLeavesFirst() {
        Ring ring = Stores.of(12, 5, 3, 2, 2).ring; // zones of 3, 3, 2, 2, 2

        assertThat(Leavers.choose(ring, 12)).isEmpty();
        assertThat(Leavers.choose(ring, 10)).containsExactly(Stores.id(10), Stores.id(11));
        assertThat(Leavers.choose(ring, 9)).containsExactly(Stores.id(9), Stores.id(10), Stores.id(11));
        assertThat(Leavers.ordinal("demo-zone-12")).isEqualTo(12);
        assertThat(Leavers.ordinal("demo")).isEqualTo(-1);
    }

    private static List<MovePhase> phases(Ring ring) {
        return ring.table().getPartitionsList().stream()
                .filter(Partition::hasMove)
                .map(partition -> partition.getMove().getPhase())
                .toList();
    }

    private static List<Partition> settled(Ring ring) {
        return ring.table().getPartitionsList();
    }

    private static List<Set<Integer>> sets(List<Partition> partitions) {
        return partitions.stream()
                .map(partition -> Set.copyOf(partition.getReplicasList()))
                .toList();
    }
}
