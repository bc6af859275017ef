package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.operator.observation.World;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A member that stays away: when others take over, and when nobody does. */
class SilentTest {
    private static final String FOUR = "{replicas: 4, partitions: 16, healing: {downAfter: 5s, replaceAfter: 10s}}";
    private static final String THREE = "{replicas: 3, partitions: 16, healing: {downAfter: 5s, replaceAfter: 10s}}";
    private static final Instant OVERDUE = World.NOW.plusSeconds(10);

    @Test
    void othersTakeOverWhatAMemberHoldsThatStaysAway() {
        Stage stage = Stage.settled(FOUR).silent("demo-3").run();
        String old = stage.storeOf("demo-3");
        assertThat(stage.ring().epoch())
                .as("silence is no news before its time")
                .isEqualTo(1);
        stage.world.later(OVERDUE);
        stage.run();
        assertTakenOver(stage, old);
        assertThat(stage.waits()).containsExactly("WaitingForMembers KvCluster/demo");
        assertThat(stage.status().ring().underReplicatedPartitions()).isZero();
    }

    @Test
    void whenItReturnsItIsEmptiedAndJoinsAnew() {
        Stage stage = Stage.settled(FOUR).silent("demo-3").run();
        stage.world.later(OVERDUE);
        stage.run().heard("demo-3").run();
        Ring ring = stage.ring();
        assertThat(stage.members()).contains("demo-3 NORMAL").hasSize(4);
        assertThat(ring.partitionsOf(stage.storeOf("demo-3"))).hasSizeBetween(11, 13);
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.status().operation()).isNull();
    }

    @Test
    void whenItIsBackBeforeTheOthersTookOverItStays() {
        Stage stage = Stage.settled(FOUR).silent("demo-3").run();
        String old = stage.storeOf("demo-3");
        stage.world.later(OVERDUE);
        while (!stage.members().contains("demo-3 REPLACED")) {
            stage.pass();
        }
        stage.heard("demo-3").run();
        assertThat(stage.members()).contains("demo-3 NORMAL").hasSize(4);
        assertThat(stage.ring().member(old)).isPresent();
    }

    @Test
    void anOperatorThatDiesInTheMiddleIsFollowedByOneThatEndsTheSame() {
        for (int writes = 0; ; writes++) {
            Stage stage = Stage.settled(FOUR).silent("demo-3").run();
            String old = stage.storeOf("demo-3");
            stage.world.later(OVERDUE);
            try {
                stage.diesAfter(writes).run();
                assertThat(writes).isGreaterThan(5);
                return;
            } catch (Stage.Died _) {
                stage.operatorRestarts().silent("demo-3").run();
                assertTakenOver(stage, old);
            }
        }
    }

    @Test
    void anOperatorThatWasJustStartedListensFirst() {
        Stage stage = Stage.settled(FOUR).silent("demo-3").run();
        stage.world.nodes().watchedSince(World.NOW.plusSeconds(3600));
        stage.world.later(World.NOW.plusSeconds(3604));
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        stage.world.later(World.NOW.plusSeconds(3605));
        stage.run();
        assertTakenOver(stage, stage.storeOf("demo-3"));
    }

    @Test
    void withoutAnybodyWhoCouldTakeOverNobodyIsGivenUp() {
        Stage stage = Stage.settled(THREE).silent("demo-2").run();
        stage.world.later(OVERDUE);
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("NowhereToMove Pod/demo-2");
        assertThat(stage.status().operation()).isNull();
        stage.heard("demo-2").run();
        assertThat(stage.waits()).isEmpty();
    }

    /** It alone may have what was acknowledged, or may still acknowledge by itself what nobody else asks it for. */
    @ParameterizedTest
    @CsvSource({
        "3, 1, 3 are needed to copy from",
        "3, 2, 3 are needed to copy from",
        "3, 3, 3 are needed to copy from",
        "1, 3, 2 of the 3 stores"
    })
    void whereReadsAskAllCopiesOrOneOfWritesToAllItIsWaitedFor(int read, int write, String why) {
        Stage stage = Stage.settled("{replicas: 4, partitions: 16, quorums: {read: " + read + ", write: " + write
                        + "}, healing: {downAfter: 5s, replaceAfter: 10s}}")
                .silent("demo-3")
                .run();
        String old = stage.storeOf("demo-3");
        stage.world.later(OVERDUE);
        stage.run();
        assertThat(stage.ring().member(old)).isPresent();
        assertThat(stage.status().operation().blockedBy()).contains(why);
        stage.heard("demo-3").run();
        assertThat(stage.members()).contains("demo-3 NORMAL").hasSize(4);
        assertThat(stage.waits()).isEmpty();
    }

    @Test
    void whenAllAreDownTogetherNobodyIsGivenUp() {
        Stage stage = Stage.settled(FOUR)
                .silent("demo-0", "demo-1", "demo-2", "demo-3")
                .run();
        stage.world.later(OVERDUE);
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        stage.heard("demo-0", "demo-1").run();
        assertThat(stage.ring().epoch()).as("half of them is no majority").isEqualTo(1);
        stage.heard("demo-2", "demo-3").run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).isEmpty();
    }

    @Test
    void anotherStoreOnTheSameClaimIsNotGivenUpHoweverLongItTakes() {
        Stage stage = Stage.settled(FOUR).losesData("demo-3").run();
        stage.world.later(OVERDUE);
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("StoreLost Pod/demo-3");
    }

    @Test
    void onlyOneOfFewIsGivenUpInAnHour() {
        Stage stage = Stage.settled("{replicas: 6, partitions: 16, healing: {replaceAfter: 10s}}")
                .silent("demo-5")
                .run();
        stage.world.later(OVERDUE);
        stage.run().silent("demo-4").run();
        String second = stage.storeOf("demo-4");
        stage.world.later(World.NOW.plusSeconds(30));
        stage.run();
        assertThat(stage.waits()).contains("ReplacementsLimited Pod/demo-4");
        assertThat(stage.ring().member(second)).isPresent();
        stage.world.later(World.NOW.plusSeconds(3700));
        stage.run();
        assertTakenOver(stage, second);
    }

    @Test
    void oneThatOthersHearIsNotGivenUp() {
        Stage stage = Stage.settled(FOUR).cutOff("demo-1").run();
        stage.world.later(OVERDUE);
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("OperatorCutOff Pod/demo-1");
        assertThat(stage.why()).contains("demo-0 does");
        assertThat(stage.heard("demo-1").run().waits()).isEmpty();
    }

    @Test
    void ofASilentZoneOneMemberAnHourIsGivenUp() {
        Stage stage = Stage.settled("{replicas: 9, partitions: 16, healing: {replaceAfter: 10s},"
                + " topology: {key: topology.kubernetes.io/zone, zones: [a, b, c]}}");
        String[] zone = stage.ring().members().stream()
                .filter(member -> member.getZone().equals("b"))
                .map(Member::getName)
                .toArray(String[]::new);
        assertThat(zone).hasSize(3);
        stage.silent(zone).run();
        stage.world.later(OVERDUE);
        stage.run();
        assertThat(stage.members().stream().filter(member -> member.endsWith("REPLACED")))
                .hasSize(1);
        assertThat(stage.waits()).contains("ReplacementsLimited Pod/" + zone[1]);
        for (int hour = 1; hour <= 2; hour++) {
            stage.world.later(OVERDUE.plusSeconds(3700L * hour));
            stage.run();
        }
        assertThat(stage.ring().members())
                .hasSize(6)
                .noneMatch(member -> member.getZone().equals("b"));
        for (int p = 0; p < stage.ring().partitions(); p++) {
            assertThat(stage.ring().replicas(p)).hasSize(3);
        }
    }

    private static void assertTakenOver(Stage stage, String store) {
        Ring ring = stage.ring();
        assertThat(ring.member(store)).isEmpty();
        for (int p = 0; p < ring.partitions(); p++) {
            assertThat(ring.moves(p)).isFalse();
            assertThat(ring.replicas(p)).hasSize(3);
        }
    }
}
