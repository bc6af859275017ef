package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.Ring;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A store whose disk is gone: who takes its place, and when nobody does. */
class ReplaceTest {
    private static final String SIX = "{replicas: 6, partitions: 16}";

    @Test
    void aPodOnAnotherClaimTakesThePlaceOfTheStoreThatWentWithTheOldOne() {
        Stage stage = Stage.settled(SIX);
        String old = stage.storeOf("demo-4");
        int held = stage.ring().partitionsOf(old).size();
        stage.losesClaim("demo-4").run();
        assertReplaced(stage, old, "demo-4");
        assertThat(stage.ring().partitionsOf(stage.storeOf("demo-4"))).hasSize(held);
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.status().phase()).isEqualTo("Ready");
        assertThat(stage.status().operation()).isNull();
        assertThat(stage.world.look().ringMap().orElseThrow().getMetadata().getAnnotations())
                .containsEntry(Labels.GIVEN_UP, World.NOW.toString());
    }

    @Test
    void anOperatorThatDiesInTheMiddleIsFollowedByOneThatEndsTheSame() {
        for (int writes = 0; ; writes++) {
            Stage stage = Stage.settled(SIX);
            String old = stage.storeOf("demo-4");
            stage.losesClaim("demo-4").diesAfter(writes);
            try {
                stage.run();
                assertThat(writes).isGreaterThan(8);
                return;
            } catch (Stage.Died _) {
                assertReplaced(stage.operatorRestarts().run(), old, "demo-4");
            }
        }
    }

    @Test
    void onlySoManyAreGivenUpInAnHour() {
        Stage stage = Stage.settled(SIX).losesClaim("demo-4").run();
        String old = stage.storeOf("demo-5");
        stage.losesClaim("demo-5").operatorRestarts().run();
        assertThat(stage.ring().member(old)).isPresent();
        assertThat(stage.waits()).containsExactly("ReplacementsLimited Pod/demo-5");
        stage.world.later(World.NOW.plusSeconds(3601));
        assertReplaced(stage.run(), old, "demo-5");
    }

    @Test
    void twoAtOnceOfDifferentDomainsGoOneAfterTheOther() {
        Stage stage = Stage.settled("{replicas: 20, partitions: 16}");
        String first = stage.storeOf("demo-4");
        String other = IntStream.range(5, 20)
                .mapToObj(i -> "demo-" + i)
                .filter(pod -> Collections.disjoint(
                        stage.ring().partitionsOf(first), stage.ring().partitionsOf(stage.storeOf(pod))))
                .findFirst()
                .orElseThrow();
        String second = stage.storeOf(other);
        stage.losesClaim("demo-4").losesClaim(other);
        int passes = 0;
        while (stage.ring().member(first).isPresent()
                || stage.ring().member(second).isPresent()) {
            stage.pass();
            assertThat(stage.members().stream().filter(member -> member.endsWith("REPLACED")))
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(passes++).as(stage.why()).isLessThan(200);
        }
    }

    @Test
    void ofTwoThatHeldCopiesOfOnePartitionNeitherIsGivenUp() {
        Stage stage = Stage.settled("{replicas: 3, partitions: 16}");
        stage.losesClaim("demo-1").losesClaim("demo-2").run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).contains("MemberHeld Pod/demo-1");
        assertThat(stage.why()).contains("is not given up");
        assertThat(stage.status().operation().type()).isEqualTo("Replace");
    }

    @Test
    void anotherStoreOnTheSameClaimIsReplacedOnlyWhenAHumanSaysSo() {
        Stage stage = Stage.settled(SIX);
        String old = stage.storeOf("demo-4");
        stage.losesData("demo-4").run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).containsExactly("StoreLost Pod/demo-4");
        assertThat(stage.why()).contains(old);
        stage.world.annotate(Labels.REPLACE_STORE, old);
        assertReplaced(stage.run(), old, "demo-4");
        stage.run();
        assertThat(stage.waits()).isEmpty();
    }

    @Test
    void aHumanWhoNamesAStoreThatSpeaksIsNotBelieved() {
        Stage stage = Stage.settled(SIX);
        stage.world.annotate(Labels.REPLACE_STORE, stage.storeOf("demo-4"));
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).isEmpty();
    }

    @Test
    void aHumanMayNameAStoreWhosePodIsDown() {
        Stage stage = Stage.settled(SIX);
        String old = stage.storeOf("demo-4");
        stage.silent("demo-4").run();
        assertThat(stage.ring().epoch()).as("silence alone gives nobody up").isEqualTo(1);
        stage.world.annotate(Labels.REPLACE_STORE, old);
        stage.run();
        assertThat(stage.ring().member(old)).isEmpty();
        assertThat(stage.ring().members()).hasSize(5);
        stage.losesClaim("demo-4").heard("demo-4").run();
        assertReplaced(stage, old, "demo-4");
    }

    @Test
    void nobodyIsGivenUpWhoseOtherCopiesAreNotSound() {
        Stage stage = Stage.settled("{replicas: 3, partitions: 16}").silent("demo-0");
        String old = stage.storeOf("demo-1");
        stage.losesClaim("demo-1").run();
        assertThat(stage.ring().member(old)).isPresent();
        assertThat(stage.waits()).contains("MemberHeld Pod/demo-1");
        assertThat(stage.why()).contains("is not given up");
        assertReplaced(stage.heard("demo-0").run(), old, "demo-1");
    }

    @Test
    void whenEveryPodGetsAnEmptyDiskAtOnceNobodyIsReplaced() {
        Stage stage = Stage.settled(SIX);
        stage.pods().forEach(stage::losesClaim);
        stage.run();
        stage.world.later(World.NOW.plusSeconds(7200));
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).contains("MemberHeld Pod/demo-0");
        assertThat(stage.why()).contains("only 0 of 6 members are heard");
        assertThat(stage.status().phase()).isEqualTo("Unavailable");
    }

    @Test
    void whenEveryPodFindsAnotherDiskOnItsClaimNobodyIsReplaced() {
        Stage stage = Stage.settled(SIX);
        stage.pods().forEach(stage::losesData);
        stage.run();
        stage.world.later(World.NOW.plusSeconds(7200));
        stage.run();
        assertThat(stage.ring().epoch()).isEqualTo(1);
        assertThat(stage.waits()).contains("StoreLost Pod/demo-0", "StoreLost Pod/demo-5");
        assertThat(stage.status().phase()).isEqualTo("Unavailable");
    }

    private static void assertReplaced(Stage stage, String old, String pod) {
        Ring ring = stage.ring();
        assertThat(ring.member(old)).isEmpty();
        assertThat(ring.member(stage.storeOf(pod)))
                .hasValueSatisfying(member -> assertThat(member.getName()).isEqualTo(pod));
        for (int p = 0; p < ring.partitions(); p++) {
            assertThat(ring.moves(p)).isFalse();
            assertThat(ring.replicas(p)).hasSize(3);
        }
    }
}
