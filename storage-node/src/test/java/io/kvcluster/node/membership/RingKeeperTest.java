package io.kvcluster.node.membership;

import static io.kvcluster.node.membership.TestRings.first;
import static io.kvcluster.node.membership.TestRings.follow;
import static io.kvcluster.node.membership.TestRings.next;
import static io.kvcluster.node.membership.TestRings.sealed;
import static io.kvcluster.node.membership.TestRings.storeId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.membership.RingDecision.Adopted;
import io.kvcluster.node.membership.RingDecision.Cause;
import io.kvcluster.node.membership.RingDecision.Known;
import io.kvcluster.node.membership.RingDecision.Refused;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.RingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingKeeperTest {
    @TempDir
    Path directory;

    private final SimWorld world = new SimWorld(1);
    private final SimLoop loop = new SimLoop(world, "keeper", 100);
    private final Identity identity = new Identity();
    private FaultyDisk disk;
    private RingKeeper keeper;

    private static final class Identity implements ClusterIdentity {
        String storeId = TestRings.storeId("a");
        int incarnation = 1;
        String clusterId = "";
        boolean failing;

        @Override
        public String storeId() {
            return storeId;
        }

        @Override
        public int incarnation() {
            return incarnation;
        }

        @Override
        public String clusterId() {
            return clusterId;
        }

        @Override
        public void adopt(String adopted) throws IOException {
            if (failing) {
                throw new IOException("no space left");
            }
            clusterId = adopted;
        }
    }

    @BeforeEach
    void open() throws IOException {
        start(Integer.MAX_VALUE);
    }

    private void start(int failAt) throws IOException {
        Disk real = new FileDisk(directory);
        disk = new FaultyDisk(real, failAt);
        keeper = new RingKeeper(identity, disk, loop);
        keeper.open();
        world.runForMillis(1);
    }

    private RingDecision offer(RingTable table) {
        List<RingDecision> decisions = new ArrayList<>();
        keeper.offer(table, "test", decisions::add);
        world.runForMillis(1);
        assertThat(decisions).hasSize(1);
        return decisions.getFirst();
    }

    private void assertRefused(RingDecision decision, Cause cause, String... words) {
        assertThat(decision).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.cause()).isEqualTo(cause);
            for (String word : words) {
                assertThat(refused.why()).contains(word);
            }
        });
    }

    @Test
    void theFirstRingMakesTheStoreOneOfItsCluster() throws IOException {
        RingTable ring = first("a", "b", "c");
        assertThat(offer(ring)).isInstanceOf(Adopted.class);
        assertThat(keeper.current().table()).isEqualTo(ring);
        assertThat(identity.clusterId).isEqualTo(TestRings.CLUSTER_ID);
        assertThat(keeper.standing()).isEqualTo(new Standing.Member());
        assertThat(Files.readString(directory.resolve("ring.json"))).isEqualTo(RingJson.write(ring));
    }

    @Test
    void aRingIsDurableBeforeItIsUsed() {
        offer(first("a", "b", "c"));
        assertThat(disk.changes)
                .containsExactly(
                        "delete ring.json.tmp",
                        "create ring.json.tmp",
                        "write ring.json.tmp",
                        "force ring.json.tmp",
                        "rename ring.json.tmp ring.json",
                        "syncDirectory ");
    }

    @Test
    void aRingThatCannotBeMadeDurableIsNotUsedWhereverTheDiskFails() throws IOException {
        RingTable one = first("a", "b", "c");
        RingTable two = next(one);
        offer(one);
        for (int failAt = 0; failAt < 6; failAt++) {
            start(failAt);
            assertThat(keeper.current().table()).isEqualTo(one);
            assertRefused(offer(two), Cause.NOT_READY, "ring.json could not be made durable", "injected");
            assertThat(keeper.current().table()).as("after failure %d", failAt).isEqualTo(one);
            if (failAt == 5) {
                break; // renamed: whether the name is durable nobody knows, so a restart may find either.
            }
            assertThat(Files.readString(directory.resolve("ring.json"))).isEqualTo(RingJson.write(one));
        }
        start(Integer.MAX_VALUE);
        assertThat(offer(two)).isNotInstanceOf(Refused.class);
        assertThat(keeper.current().table()).isEqualTo(two);
    }

    @Test
    void aStoreWhoseClusterIdCannotBeKeptUsesNoRing() {
        identity.failing = true;
        assertRefused(offer(first("a", "b", "c")), Cause.NOT_READY, "no space left");
        assertThat(keeper.current()).isNull();
        assertThat(disk.changes).isEmpty();
        identity.failing = false;
        assertThat(offer(first("a", "b", "c"))).isInstanceOf(Adopted.class);
    }

    @Test
    void theLastRingIsFoundAgainAtStart() throws IOException {
        RingTable two = next(first("a", "b", "c"));
        offer(first("a", "b", "c"));
        offer(two);
        start(Integer.MAX_VALUE);
        assertThat(keeper.current().table()).isEqualTo(two);
        assertRefused(offer(first("a", "b", "c")), Cause.OLDER, "epoch 1 is older than 2");
        assertThat(offer(two)).isInstanceOf(Known.class);
    }

    @Test
    void epochsMayBeSkippedButNeverGoBack() {
        RingTable one = first("a", "b", "c");
        offer(one);
        RingTable five = sealed(one.toBuilder().setEpoch(5).setPreviousHash(one.getHash()));
        assertThat(offer(five)).isInstanceOf(Adopted.class);
        assertRefused(offer(next(one)), Cause.OLDER);
        assertThat(keeper.current().epoch()).isEqualTo(5);
        assertThat(keeper.forks()).isZero();
    }

    @Test
    void sameEpochWithAnotherHashIsAForkCountedOnceForEachRing() {
        RingTable one = first("a", "b", "c");
        offer(one);
        RingTable fork = sealed(one.toBuilder().setCluster("other-hand"));
        assertRefused(offer(fork), Cause.FORK, fork.getHash(), one.getHash());
        assertRefused(offer(fork), Cause.FORK);
        assertThat(keeper.forks()).isEqualTo(1);
        assertThat(keeper.current().table()).isEqualTo(one);
        assertThat(keeper.standing()).isInstanceOf(Standing.Forked.class);
        assertThat(offer(next(one))).isInstanceOf(Adopted.class);
        assertThat(keeper.standing()).isEqualTo(new Standing.Member());
    }

    @Test
    void aForkThatAPeerNamesInAHeartbeatIsCounted() {
        RingTable one = first("a", "b", "c");
        keeper.observed(storeId("b"), 1, "whatever");
        world.runForMillis(1);
        assertThat(keeper.forks()).as("without a ring there is none").isZero();
        offer(one);
        for (int i = 0; i < 10; i++) {
            keeper.observed(storeId("b"), 1, one.getHash());
            keeper.observed(storeId("b"), 2, "newer");
            keeper.observed(storeId("c"), 1, "another");
        }
        world.runForMillis(1);
        assertThat(keeper.forks()).isEqualTo(1);
    }

    @Test
    void anotherClustersRingIsRefusedAlsoBeforeTheFirst() {
        identity.clusterId = TestRings.OTHER_CLUSTER_ID;
        assertRefused(
                offer(first("a", "b", "c")), Cause.OTHER_CLUSTER, TestRings.CLUSTER_ID, TestRings.OTHER_CLUSTER_ID);
        assertThat(keeper.current()).isNull();
    }

    @Test
    void aTableThatIsNoRingIsRefusedInWords() {
        assertRefused(offer(RingTable.getDefaultInstance()), Cause.INVALID, "epoch");
        RingTable one = first("a", "b", "c");
        assertRefused(offer(one.toBuilder().setCluster("changed").build()), Cause.INVALID, "hash");
    }

    @Test
    void aNewStoreThatTheRingDoesNotNameStaysWithoutRingAndCluster() {
        identity.storeId = TestRings.storeId("z");
        assertRefused(offer(first("a", "b", "c")), Cause.NOT_NAMED, "does not name store " + storeId("z"));
        assertThat(keeper.current()).isNull();
        assertThat(identity.clusterId).isEmpty();
        assertThat(keeper.standing()).isInstanceOf(Standing.NotNamed.class);
    }

    @Test
    void aMemberThatIsLeftOutAdoptsTheRingThatSaysSoAndReportsIt() {
        List<Standing> heard = new ArrayList<>();
        SimLoop listener = new SimLoop(world, "listener", 100);
        keeper.listenStanding(listener, heard::add);
        RingTable one = first("a", "b", "c");
        offer(one);
        RingTable two = sealed(withoutMember(one));
        assertThat(offer(two)).isInstanceOf(Adopted.class);
        assertThat(keeper.current().epoch()).isEqualTo(2);
        assertThat(keeper.standing())
                .isInstanceOfSatisfying(
                        Standing.NotNamed.class,
                        standing -> assertThat(standing.why()).contains("no longer names"));
        assertThat(heard).hasSize(3).last().isInstanceOf(Standing.NotNamed.class);
    }

    /** Or it would offer what it still holds to replicas of long ago, for ever. */
    @Test
    void whoWasAMemberGoesOnWithTheRingsOfItsClusterAlsoAfterARestart() throws IOException {
        RingTable one = first("a", "b", "c");
        offer(one);
        RingTable two = sealed(withoutMember(one));
        offer(two);
        RingTable three = sealed(follow(two));
        assertThat(offer(three)).isInstanceOf(Adopted.class);

        start(Integer.MAX_VALUE);
        assertThat(keeper.current().epoch()).isEqualTo(3);
        assertThat(offer(sealed(follow(three)))).isInstanceOf(Adopted.class);
        assertThat(keeper.standing()).isInstanceOf(Standing.NotNamed.class);
    }

    /** The ring after {@code before}, without its first member: all partitions on the other two. */
    private static RingTable.Builder withoutMember(RingTable before) {
        RingTable.Builder table = follow(before).removeMembers(0);
        for (int p = 0; p < table.getPartitionsCount(); p++) {
            table.getPartitionsBuilder(p)
                    .clearReplicas()
                    .addReplicas(1)
                    .addReplicas(2)
                    .setChangedEpoch(2);
        }
        return table;
    }

    @Test
    void aRestoredVolumeIsRefusedByItsOwnRing() {
        RingTable.Builder table = first("a", "b", "c").toBuilder();
        table.getMembersBuilder(0).setIncarnation(4);
        identity.incarnation = 3;
        assertRefused(offer(sealed(table)), Cause.INVALID, "incarnation 4", "restored volume");
        assertThat(keeper.current()).isNull();
    }

    @Test
    void offersBeforeTheStoreIsOpenAreNotReady() {
        keeper = new RingKeeper(identity, disk, loop);
        assertRefused(offer(first("a", "b", "c")), Cause.NOT_READY, "recovering");
    }

    @Test
    void aDamagedRingFileEndsTheStartBecauseAnOlderRingMightBeAcceptedWithoutIt() throws IOException {
        offer(first("a", "b", "c"));
        Path file = directory.resolve("ring.json");
        Files.writeString(file, Files.readString(file).replace("\"epoch\": 1", "\"epoch\": 2"));
        assertThatThrownBy(() -> start(Integer.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        Files.writeString(file, "x".repeat(300_000));
        assertThatThrownBy(() -> start(Integer.MAX_VALUE)).hasMessageContaining("300000 bytes");
    }

    @Test
    void aRingFileOfAnotherClusterEndsTheStart() {
        offer(first("a", "b", "c"));
        identity.clusterId = TestRings.OTHER_CLUSTER_ID;
        assertThatThrownBy(() -> start(Integer.MAX_VALUE)).hasMessageContaining(TestRings.OTHER_CLUSTER_ID);
    }

    @Test
    void aTemporaryFileOfACrashIsNoObstacle() throws IOException {
        Files.writeString(directory.resolve("ring.json.tmp"), "half a ri");
        assertThat(offer(first("a", "b", "c"))).isInstanceOf(Adopted.class);
        assertThat(directory.resolve("ring.json.tmp")).doesNotExist();
    }

    @Test
    void listenersHearEveryRingInOrderOnTheirLoopAndLateOnesTheOneInUse() {
        SimLoop core = new SimLoop(world, "core", 100);
        List<Long> early = new ArrayList<>();
        keeper.listen(core, ring -> {
            assertThat(core.isCurrent()).isTrue();
            assertThat(keeper.current().epoch()).isGreaterThanOrEqualTo(ring.epoch());
            early.add(ring.epoch());
        });
        RingTable one = first("a", "b", "c");
        RingTable two = next(one);
        offer(one);
        offer(two);
        offer(next(two));
        List<Long> late = new ArrayList<>();
        keeper.listen(core, ring -> late.add(ring.epoch()));
        world.runForMillis(1);
        assertThat(early).containsExactly(1L, 2L, 3L);
        assertThat(late).containsExactly(3L);
    }
}
