package io.kvcluster.node.peer;

import static io.kvcluster.node.peer.PeerCluster.storeIdOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.PeerCluster.Asked;
import io.kvcluster.node.peer.PeerCluster.Node;
import io.kvcluster.node.seams.SimClock;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.VersionQuestion;
import io.kvcluster.proto.peer.WriteRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private final PeerCluster cluster = new PeerCluster(5);

    @Test
    void aStoreIsUpForItself() {
        cluster.start("a");
        assertThat(cluster.get("a").room.isUp(storeIdOf("a"))).isTrue();
        assertThat(cluster.get("a").room.isUp(storeIdOf("nobody"))).isFalse();
    }

    @Test
    void aPeerIsUpWithItsHelloAndDownWhenSilentForSuspectAfter() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        assertThat(a.room.isUp(storeIdOf("b"))).isTrue();
        long upSince = a.report("b").sinceMillis();
        cluster.world.runForMillis(10_000);
        assertThat(a.report("b").sinceMillis())
                .as("since does not move while UP")
                .isEqualTo(upSince);

        cluster.network.partition("a", "b");
        cluster.world.runForMillis(1_450);
        assertThat(a.room.isUp(storeIdOf("b"))).isTrue();
        cluster.world.runForMillis(700);
        assertThat(a.room.isUp(storeIdOf("b"))).isFalse();
        long down = a.report("b").sinceMillis();
        assertThat(down).isGreaterThan(upSince).isLessThanOrEqualTo(a.clock.wallMillis());
        cluster.world.runForMillis(20_000);
        assertThat(a.report("b").sinceMillis())
                .as("since does not move while DOWN")
                .isEqualTo(down);
        assertThat(a.report("b").lastHeardMillis()).isBetween(down - 2_200, down - 1_990);
    }

    @Test
    void aPeerThatWasNeverHeardIsDownSinceItWasNamed() {
        cluster.start("a");
        Node a = cluster.get("a");
        cluster.world.runForMillis(1_000);
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("nowhere"), 1)));
        cluster.world.runForMillis(1_000);
        PeerReport report = a.report("b");
        assertThat(report.up()).isFalse();
        assertThat(report.lastHeardMillis()).isZero();
        assertThat(report.sinceMillis()).isEqualTo(SimClock.START_MILLIS + 1_000);
        assertThat(report.address()).isEmpty();
    }

    /**
     * A machine loses power and is back at once: its foreground link is replaced for its new incarnation, and the other side still
     * holds the bulk link of its former life, on which it says nothing and so never hears that it is gone.
     */
    @Test
    void theBulkLinkOfAFormerLifeMakesRoom() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        cluster.world.runUntil("a has a bulk link", 1_000, () -> {
            Asked opening = inBulk(a, "b", "opens");
            cluster.world.runForMillis(50);
            return opening.heard.equals(List.of("opens"));
        });
        cluster.losePower("b");
        Node again = cluster.startNode("b", "b", 2);
        cluster.linkAll();
        cluster.settled();
        cluster.world.runForMillis(100);
        assertThat(inBulk(again, "a", "first").heard).isEmpty();
        cluster.world.runUntil("b reaches a in bulk", 10_000, () -> {
            Asked asked = inBulk(again, "a", "again");
            cluster.world.runForMillis(100);
            return asked.heard.equals(List.of("again"));
        });
    }

    private Asked inBulk(Node from, String to, String key) {
        Asked asked = new Asked(from.askers.getFirst());
        from.askers
                .getFirst()
                .post(() -> from.room.askInBulk(
                        storeIdOf(to),
                        PeerCluster.read(key),
                        from.askers.getFirst(),
                        cluster.world.nanos() + 1_000_000_000L,
                        asked));
        return asked;
    }

    @Test
    void aHalfOpenLinkIsClosedAndReplacedAfterThePartition() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        cluster.network.partition("a", "b");
        cluster.world.runForMillis(4_700);
        assertThat(a.report("b").trouble()).contains("silent for 4");
        cluster.network.heal("a", "b");
        cluster.world.runUntil("UP again", 5_000, () -> a.room.isUp(storeIdOf("b")));
        cluster.settled();
        Asked asked = a.ask("b", "again");
        cluster.world.runForMillis(50);
        assertThat(asked.heard).containsExactly("again");
        assertThat(cluster.network.open()).isEqualTo(2);
    }

    @Test
    void aKilledPeerIsDownWithinSuspectAfterPlusOneLookAndUpWithinTwoSecondsOfItsReturn() {
        cluster.start("a", "b", "c").settled();
        cluster.world.runForMillis(3_000);
        cluster.kill("b");
        cluster.world.runUntil("DOWN", 2_200, () -> !cluster.get("a").room.isUp(storeIdOf("b")));
        cluster.world.runForMillis(30_000);
        Node b = cluster.startNode("b", "b", 2);
        b.room.targets(List.of(new PeerTarget(storeIdOf("a"), "a", List.of("a"), 1)));
        cluster.world.runUntil("UP", 2_000, () -> cluster.get("a").room.isUp(storeIdOf("b")));
        cluster.world.runUntil(
                "UP at c, who dials", 2_100, () -> cluster.get("c").room.isUp(storeIdOf("b")));
    }

    @Test
    void heartbeatsTellReadinessEpochAndAreFewWhenNothingElseHappens() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        a.tap.sent.clear();
        cluster.world.runForMillis(10_000);
        assertThat(a.tap.sent).hasSizeBetween(19, 21);
        assertThat(a.report("b").ready()).isTrue();
    }

    @Test
    void aFrameFromTheFutureIsRefusedWholeAndItsRequestsHearClockSkew() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        Node b = cluster.get("b");
        Asked fine = a.ask("b", "fine");
        cluster.world.runForMillis(50);
        a.clock.offsetMillis(5_000);
        b.requests.clear();
        Asked read = a.ask("b", "k");
        Asked other = a.ask("b", PeerMessage.newBuilder().setWriteRequest(WriteRequest.newBuilder()), 0, 1_000);
        StatusOf version = new StatusOf();
        a.askers
                .getFirst()
                .post(() -> a.room.ask(
                        storeIdOf("b"),
                        PeerMessage.newBuilder().setVersionQuestion(VersionQuestion.newBuilder()),
                        a.askers.getFirst(),
                        cluster.world.nanos() + 1_000_000_000L,
                        version));
        cluster.world.runForMillis(50);
        assertThat(fine.heard).containsExactly("fine");
        assertThat(read.heard).containsExactly("PEER_CLOCK_SKEW");
        assertThat(other.heard).hasSize(1);
        assertThat(version.answer.getVersionAnswer().getStatus()).isEqualTo(PeerStatus.PEER_CLOCK_SKEW);
        assertThat(b.requests).isEmpty();
        assertThat(b.room.counters().framesSkewed.sum()).isPositive();
        cluster.world.runForMillis(2_500);
        assertThat(b.room.isUp(storeIdOf("a")))
                .as("refused frames are no sign of life")
                .isFalse();
        a.clock.offsetMillis(0);
        cluster.world.runUntil("UP again", 1_000, () -> b.room.isUp(storeIdOf("a")));
    }

    private static final class StatusOf implements AnswerListener {
        PeerMessage answer;

        @Override
        public void answered(PeerMessage given) {
            answer = given;
        }

        @Override
        public void failed(PeerFailure why) {
            throw new AssertionError(why);
        }
    }

    @Test
    void forwardsAndOneWayMessagesOfASkewedFrameHearWhatTheyCan() {
        assertThat(SkewAnswers.to(PeerMessage.newBuilder()
                        .setId(5)
                        .setForwardRequest(io.kvcluster.proto.peer.ForwardRequest.newBuilder())
                        .build()))
                .hasValueSatisfying(answer -> {
                    assertThat(answer.getId()).isEqualTo(5);
                    assertThat(answer.getForwardAnswer().getFailure().getReason())
                            .isEqualTo(io.kvcluster.proto.kv.Reason.CLOCK_SKEW);
                    assertThat(answer.getForwardAnswer().getFailure().getNotApplied())
                            .isTrue();
                });
        assertThat(SkewAnswers.to(PeerCluster.read("k").build()))
                .as("id 0 expects none")
                .isEmpty();
    }
}
