package io.kvcluster.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Peers' rooms of whole clusters whose clocks are wrong. */
class ClockWatchTest {
    private PeerCluster cluster;

    private PeerCluster three() {
        cluster = new PeerCluster(11).start("a", "b", "c").settled();
        cluster.world.runForMillis(2_000);
        return cluster;
    }

    private ClockReport clock(String node) {
        return cluster.get(node).room.clock();
    }

    @Test
    void clocksThatAgreeAreNothingToTell() {
        three();
        assertThat(clock("a").outOfStep()).isFalse();
        assertThat(Math.abs(clock("a").offsetMillis())).isLessThan(100);
        assertThat(clock("a").message()).isEmpty();
        assertThat(cluster.get("a").room.outOfStep()).isNull();
    }

    @Test
    void aDriftIsToldLongBeforeItStopsAnything() {
        three().get("a").clock.offsetMillis(1_200);
        cluster.world.runForMillis(3_000);
        assertThat(clock("a").offsetMillis()).isBetween(-1_300L, -1_100L);
        assertThat(clock("b").offsetMillis()).isBetween(1_100L, 1_300L);
        assertThat(clock("b").message()).contains("differs by");
        for (String node : new String[] {"a", "b", "c"}) {
            assertThat(clock(node).outOfStep()).as(node).isFalse();
        }
    }

    @Test
    void aNodeThatRunsAheadOfTheMajorityIsOutOfStepAndTheOthersAreNot() {
        three().get("a").clock.offsetMillis(5_000);
        cluster.world.runForMillis(1_000);
        assertThat(clock("a").outOfStep()).isTrue();
        assertThat(cluster.get("a").room.outOfStep()).contains("2 of the 2 other members");
        assertThat(clock("b").outOfStep()).isFalse();
        assertThat(clock("c").outOfStep()).isFalse();
    }

    @Test
    void aNodeThatLagsBehindTheMajorityIsOutOfStepAlthoughItRefusesTheirFrames() {
        three().get("a").clock.offsetMillis(-5_000);
        cluster.world.runForMillis(1_500);
        assertThat(clock("a").outOfStep()).isTrue();
        assertThat(clock("b").outOfStep()).isFalse();
        assertThat(clock("c").outOfStep()).isFalse();
    }

    @Test
    void itIsInStepAgainByItselfWhenItsClockIsSetRight() {
        three().get("a").clock.offsetMillis(5_000);
        cluster.world.runForMillis(1_000);
        assertThat(clock("a").outOfStep()).isTrue();
        cluster.get("a").clock.offsetMillis(0);
        cluster.world.runForMillis(1_000);
        assertThat(clock("a").outOfStep()).isFalse();
    }

    @Test
    void ofTwoNobodyKnowsWhoIsWrong() {
        cluster = new PeerCluster(12).start("a", "b").settled();
        cluster.get("a").clock.offsetMillis(5_000);
        cluster.world.runForMillis(2_000);
        assertThat(clock("a").outOfStep()).isFalse();
        assertThat(clock("b").outOfStep()).isFalse();
        assertThat(Math.abs(clock("a").offsetMillis())).isGreaterThan(4_000);
    }
}
