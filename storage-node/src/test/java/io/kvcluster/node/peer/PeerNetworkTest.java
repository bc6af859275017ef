package io.kvcluster.node.peer;

import static io.kvcluster.node.peer.PeerCluster.read;
import static io.kvcluster.node.peer.PeerCluster.storeIdOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.PeerCluster.Asked;
import io.kvcluster.node.peer.PeerCluster.Node;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.peer.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerNetworkTest {
    private final PeerCluster cluster = new PeerCluster(7);

    @Test
    void anAskIsAnsweredOnTheLoopThatAsked() {
        cluster.start("a", "b").settled();
        Asked first = cluster.get("a").ask("b", read("k0"), 0, 1_000);
        Asked second = cluster.get("a").ask("b", read("k1"), 1, 1_000);
        Asked back = cluster.get("b").ask("a", read("k2"), 1, 1_000);
        cluster.world.runForMillis(50);
        assertThat(first.heard).containsExactly("k0");
        assertThat(second.heard).containsExactly("k1");
        assertThat(back.heard).containsExactly("k2");
    }

    @Test
    void oneLinkServesBothDirections() {
        cluster.start("a", "b", "c").settled();
        cluster.world.runForMillis(5_000);
        assertThat(cluster.network.open()).as("two ends of three links").isEqualTo(6);
        for (Node node : cluster.nodes.values()) {
            for (Node other : cluster.nodes.values()) {
                if (other != node) {
                    Asked asked = node.ask(other.name, "x");
                    cluster.world.runForMillis(50);
                    assertThat(asked.heard).containsExactly("x");
                }
            }
        }
    }

    /** Both dial at once; for a moment there are two links, and the one that was there first is in use by then. */
    @Test
    void whatIsAskedWhileADuplicateIsSettledIsAnswered() {
        int settled = 0;
        for (int seed = 1; seed <= 50; seed++) {
            PeerCluster fresh = new PeerCluster(seed);
            fresh.network.delayMicros(200, 20_000);
            fresh.start("a", "b");
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                asked.add(fresh.get("a").ask("b", "k" + i));
                asked.add(fresh.get("b").ask("a", "k" + i));
                fresh.world.runForMillis(1);
            }
            settled += fresh.network.open() > 2 ? 1 : 0;
            fresh.world.runForMillis(5_000);
            assertThat(fresh.network.open()).isEqualTo(2);
            assertThat(asked).allSatisfy(one -> assertThat(one.heard).hasSize(1));
            assertThat(asked.stream().flatMap(one -> one.heard.stream()))
                    .as("seed %d", seed)
                    .doesNotContain("LOST", "TIMEOUT");
        }
        assertThat(settled).as("runs that had two links").isGreaterThan(5);
    }

    /** Its peers have given it up meanwhile and dial; it notices that its links are gone, and dials too. */
    @Test
    void whatIsAskedAfterAPauseIsAnsweredOrFailsSoon() {
        for (int seed = 1; seed <= 200; seed++) {
            PeerCluster fresh = new PeerCluster(seed);
            fresh.network.delayMicros(200, 20_000);
            fresh.start("a", "b", "c").settled();
            fresh.world.runForMillis(6_000);
            Node paused = fresh.get(seed % 2 == 0 ? "a" : "c");
            paused.pause();
            fresh.world.runForMillis(4_000 + seed * 3L);
            paused.resume();
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                asked.add(paused.ask("b", PeerCluster.read("k" + i), 0, 3_000));
                asked.add(fresh.get("b").ask(paused.name, PeerCluster.read("k" + i), 1, 3_000));
                fresh.world.runForMillis(2);
            }
            fresh.world.runForMillis(5_000);
            assertThat(asked).allSatisfy(one -> assertThat(one.heard).hasSize(1));
            assertThat(asked.stream().flatMap(one -> one.heard.stream()))
                    .as("seed %d", seed)
                    .doesNotContain("TIMEOUT");
        }
    }

    /** As after a pause: the thread of the links has much to catch up with, and takes what is asked together with its own Hello. */
    @Test
    void whatIsAskedOnALinkBeforeItsHelloHasLeftIsAnswered() {
        Node accepts = cluster.startNode("a", "a", 1);
        Node dials = cluster.startNode("b", "b", 1);
        dials.room.targets(List.of(new PeerTarget(accepts.storeId, "a", List.of("a"), 1)));
        cluster.world.runUntil("it is accepted", 1_000, () -> accepts.isLinkedWith(dials));
        accepts.io.pause();
        Asked asked = accepts.ask("b", read("k"), 0, 3_000);
        cluster.world.runForMillis(5);
        accepts.io.resume();
        cluster.world.runForMillis(50);
        assertThat(asked.heard).containsExactly("k");
    }

    /** A node of an earlier release lets others travel with it. */
    @Test
    void whatComesWithAHelloIsHeard() {
        Node dials = cluster.startNode("b", "b", 1);
        List<PeerFrame> heard = new ArrayList<>();
        cluster.network.join("a").accept(link -> new Transport.Listener<>() {
            @Override
            public void opened(Transport.Link<PeerFrame> opened) {}

            @Override
            public void received(PeerFrame frame) {
                if (frame.hasHello()) {
                    link.send(PeerFrame.newBuilder()
                            .setHello(frame.getHello().toBuilder()
                                    .setName("a")
                                    .setStoreId(storeIdOf("a"))
                                    .setAddress("a"))
                            .addMessages(read("k").setId(9))
                            .build());
                }
                heard.add(frame);
            }

            @Override
            public void ready() {}

            @Override
            public void closed(String why) {}
        });
        dials.room.targets(List.of(new PeerTarget(storeIdOf("a"), "a", List.of("a"), 1)));
        cluster.world.runForMillis(50);
        assertThat(heard.stream().flatMap(frame -> frame.getMessagesList().stream()))
                .anySatisfy(message -> assertThat(message)
                        .isEqualTo(
                                PeerCluster.answerTo(read("k").setId(9).build()).build()));
    }

    @Test
    void whatWaitsForAPeerLeavesInOneFrame() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        a.tap.sent.clear();
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            asked.add(a.ask("b", read("k" + i), i % 2, 1_000));
        }
        cluster.world.runForMillis(100);
        assertThat(asked).allSatisfy(one -> assertThat(one.heard).hasSize(1));
        assertThat(cluster.get("b").requestBatches).hasSizeLessThan(20);
        assertThat(a.tap.dataFrames()).hasSizeLessThan(20);
    }

    @Test
    void aSlowLinkIsNeverGivenMoreThanItTakesAndNothingIsLost() {
        cluster.network.window(2);
        cluster.network.delayMicros(20_000, 30_000);
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            asked.add(a.ask("b", read("k" + i), 0, 5_000));
            cluster.world.runForMillis(1);
        }
        cluster.world.runForMillis(1_000);
        for (int i = 0; i < 300; i++) {
            assertThat(asked.get(i).heard).containsExactly("k" + i);
        }
        assertThat(a.tap.dataFrames()).as("frames grow instead of their number").hasSizeLessThan(40);
    }

    @Test
    void framesStayBelowTheirSizeUnlessOneMessageIsLarger() {
        cluster.config = small(16_384, 1_000, 1_000_000);
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        a.tap.sent.clear();
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(a.ask("b", read("k".repeat(i == 50 ? 20_000 : 1_000)), 0, 1_000));
        }
        cluster.world.runForMillis(200);
        assertThat(asked).allSatisfy(one -> assertThat(one.heard).hasSize(1).doesNotContain("NOT_SENT"));
        assertThat(a.tap.dataFrames())
                .hasSizeGreaterThanOrEqualTo(7)
                .allMatch(frame -> frame.getSerializedSize() <= 16_384 + 64 || frame.getMessagesCount() == 1)
                .anyMatch(frame -> frame.getSerializedSize() > 20_000);
    }

    @Test
    void aFullQueueRefusesAtOnceAsNotSent() {
        cluster.config = small(1_024 * 1_024, 10, 1_000_000);
        cluster.start("a", "b").settled();
        cluster.network.partition("a", "b");
        Node a = cluster.get("a");
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            asked.add(a.ask("b", "k" + i));
            cluster.world.runFor(1_000);
        }
        cluster.world.runForMillis(1);
        long refused =
                asked.stream().filter(one -> one.heard.contains("NOT_SENT")).count();
        // 16 frames of one message each fill the link's window, 10 wait.
        assertThat(refused).isEqualTo(60 - 26);
        assertThat(a.room.counters().asksNotSent.sum()).isEqualTo(refused);
        assertThat(a.room.queued()).isEqualTo(10);
        cluster.world.runForMillis(1_100);
        assertThat(asked.stream().filter(one -> one.heard.equals(List.of("TIMEOUT"))))
                .hasSize(26);
        cluster.network.heal("a", "b");
        cluster.world.runForMillis(1_000);
        assertThat(cluster.get("b").requests)
                .as("what nobody waits for any more is not sent")
                .hasSize(16);
    }

    @Test
    void aMessageLargerThanAFrameMayBeIsRefusedAsNotSent() {
        cluster.start("a", "b").settled();
        Asked asked = cluster.get("a").ask("b", "k".repeat(8 * 1024 * 1024));
        cluster.world.runForMillis(50);
        assertThat(asked.heard).containsExactly("NOT_SENT");
    }

    @Test
    void anAskThatNobodyAnswersTimesOutOnceAndALateAnswerIsNotHeard() {
        cluster.start("a", "b").settled();
        Node b = cluster.get("b");
        b.answering = false;
        Asked asked = cluster.get("a").ask("b", read("k"), 0, 200);
        cluster.world.runForMillis(199);
        assertThat(asked.heard).isEmpty();
        cluster.world.runForMillis(21);
        assertThat(asked.heard).containsExactly("TIMEOUT");

        b.answering = true;
        Asked next = cluster.get("a").ask("b", read("next"), 0, 200);
        b.handle(storeIdOf("a"), List.of(), answer -> {});
        PeerMessage stale = b.requests.getFirst();
        b.room.tell(storeIdOf("a"), PeerCluster.answerTo(stale));
        cluster.world.runForMillis(50);
        assertThat(asked.heard).containsExactly("TIMEOUT");
        assertThat(next.heard).containsExactly("next");
    }

    @Test
    void deadlinesBeyondOneTurnOfTheWheelHold() {
        cluster.start("a", "b").settled();
        cluster.get("b").answering = false;
        Asked far = cluster.get("a").ask("b", read("far"), 0, 25_000);
        Asked near = cluster.get("a").ask("b", read("near"), 0, 15);
        cluster.world.runForMillis(40);
        assertThat(near.heard).containsExactly("TIMEOUT");
        cluster.world.runForMillis(24_950);
        assertThat(far.heard).isEmpty();
        cluster.world.runForMillis(40);
        assertThat(far.heard).containsExactly("TIMEOUT");
    }

    @Test
    void withoutALinkAnAskFailsAtOnceAsNotSent() {
        cluster.start("a");
        Asked asked = cluster.get("a").ask("b", "k");
        cluster.world.runForMillis(1);
        assertThat(asked.heard).containsExactly("NOT_SENT");
    }

    @Test
    void aLinkThatBreaksFailsWhatMayHaveLeftAsLostAndTheRestAsNotSent() {
        cluster.network.window(1);
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        cluster.network.partition("a", "b");
        Asked left = a.ask("b", "left");
        cluster.world.runForMillis(1);
        Asked waiting = a.ask("b", "waiting");
        cluster.world.runForMillis(1);
        cluster.network.breakLinks("a", "b");
        cluster.world.runForMillis(1);
        assertThat(left.heard).containsExactly("LOST");
        assertThat(waiting.heard).containsExactly("NOT_SENT");
    }

    @Test
    void aBrokenLinkIsDialledAgainAndServes() {
        cluster.start("a", "b").settled();
        cluster.network.breakLinks("a", "b");
        cluster.world.runForMillis(1);
        assertThat(cluster.get("a").room.isUp(storeIdOf("b")))
                .as("a lost link alone is not DOWN")
                .isTrue();
        cluster.settled();
        Asked asked = cluster.get("a").ask("b", "again");
        cluster.world.runForMillis(50);
        assertThat(asked.heard).containsExactly("again");
        assertThat(cluster.network.open()).isEqualTo(2);
    }

    @Test
    void theSideThatDialledDialsAgainEachTimeItsLinkBreaks() {
        cluster.startNode("b", "b", 1);
        Node a = cluster.startNode("a", "a", 1);
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("b"), 1)));
        for (int i = 1; i <= 5; i++) {
            cluster.settled();
            assertThat(a.tap.dialled).hasSize(i);
            cluster.network.breakLinks("a", "b");
            cluster.world.runForMillis(1);
        }
        assertThat(cluster.get("b").tap.dialled).as("b was told of nobody").isEmpty();
    }

    @Test
    void waitsBetweenDialsGrowAndStayBounded() {
        cluster.start("a");
        Node a = cluster.get("a");
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("nowhere"), 1)));
        cluster.world.runForMillis(2_000);
        int early = a.tap.dialled.size();
        assertThat(early).isBetween(4, 10);
        cluster.world.runForMillis(60_000);
        assertThat(a.tap.dialled.size() - early).isBetween(30, 60);
        assertThat(a.report("b").trouble()).contains("connection refused");
    }

    @Test
    void everyAddressOfAPeerIsTried() {
        cluster.start("a");
        cluster.startNode("b", "b-now", 1);
        Node a = cluster.get("a");
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("b-hint", "b-ring", "b-now"), 1)));
        cluster.world.runUntil("linked", 2_000, () -> a.isLinkedWith(cluster.get("b")));
        assertThat(a.tap.dialled).containsExactly("b-hint", "b-ring", "b-now");
        assertThat(a.report("b").address()).isEqualTo("b-now");
    }

    @Test
    void aRestartedPeerWithANewAddressLinksItselfAndTheOldLinkIsForgotten() {
        cluster.start("a", "b").settled();
        cluster.network.partition("a", "b");
        Asked before = cluster.get("a").ask("b", read("k"), 0, 60_000);
        cluster.world.runForMillis(10);
        cluster.nodes.remove("b");
        Node b = cluster.startNode("b", "b-new", 2);
        b.room.targets(List.of(new PeerTarget(storeIdOf("a"), "a", List.of("a"), 1)));
        cluster.world.runUntil(
                "the new link",
                2_000,
                () -> cluster.get("a").report("b").address().equals("b-new"));
        cluster.world.runForMillis(10);
        assertThat(before.heard).containsExactly("LOST");
        Asked asked = cluster.get("a").ask("b", "k");
        cluster.world.runForMillis(50);
        assertThat(asked.heard).containsExactly("k");
    }

    @Test
    void theBulkLaneOpensByTheFirstNeedAndBoundsItsMessages() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        assertThat(a.tap.dialled).noneMatch(address -> address.endsWith("/bulk"));
        Asked first = askInBulk(a, "k");
        cluster.world.runForMillis(50);
        assertThat(first.heard).containsExactly("NOT_SENT");
        Asked second = askInBulk(a, "k");
        Asked large = askInBulk(a, "k".repeat(64 * 1024));
        cluster.world.runForMillis(50);
        assertThat(second.heard).containsExactly("k");
        assertThat(large.heard).containsExactly("NOT_SENT");
        assertThat(a.tap.dialled).containsOnlyOnce("b/bulk");
        assertThat(askInBulk(cluster.get("b"), "back")).satisfies(asked -> {
            cluster.world.runForMillis(50);
            assertThat(asked.heard).as("the accepting side uses the same link").containsExactly("back");
        });
    }

    private Asked askInBulk(Node node, String key) {
        Asked asked = new Asked(node.askers.get(0));
        String peer = node.name.equals("a") ? "b" : "a";
        node.askers
                .get(0)
                .post(() -> node.room.askInBulk(
                        storeIdOf(peer), read(key), node.askers.get(0), cluster.world.nanos() + 1_000_000_000L, asked));
        return asked;
    }

    @Test
    void tellsAreCarriedWithoutAnAnswer() {
        cluster.start("a", "b").settled();
        assertThat(cluster.get("a").room.tell(storeIdOf("b"), read("note").setId(99)))
                .isTrue();
        cluster.world.runForMillis(50);
        assertThat(cluster.get("b").requests)
                .singleElement()
                .satisfies(message -> assertThat(message.getId()).isZero());
        assertThat(cluster.get("a").room.tell(storeIdOf("z"), read("note"))).isFalse();
    }

    @Test
    void aStoppedRoomClosesItsLinksAndStaysAway() {
        cluster.start("a", "b").settled();
        cluster.get("b").room.stop();
        cluster.world.runForMillis(5_000);
        assertThat(cluster.network.open()).isZero();
        assertThat(cluster.get("a").room.isUp(storeIdOf("b"))).isFalse();
    }

    @Test
    void twoRunsOfOneSeedAreTheSameRun() {
        assertThat(transcript(3)).isEqualTo(transcript(3));
        assertThat(transcript(3)).isNotEqualTo(transcript(4));
    }

    private static List<String> transcript(long seed) {
        PeerCluster cluster = new PeerCluster(seed).start("a", "b", "c");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            if (i % 10 == 5) {
                cluster.network.breakLinks("a", "b");
            }
            Asked asked = cluster.get("a").ask("b", "k" + i);
            cluster.world.runForMillis(37);
            lines.add(cluster.world.executed() + " " + asked.heard + " "
                    + cluster.get("a").tap.sent.size());
        }
        return lines;
    }

    @Test
    void everyFrameCarriesTheSendersClock() {
        cluster.start("a", "b").settled();
        cluster.world.runForMillis(2_000);
        assertThat(cluster.get("a").tap.sent).isNotEmpty().allMatch(frame -> frame.getHlc() != 0);
        assertThat(cluster.get("a").tap.sent.getFirst())
                .satisfies(frame -> assertThat(frame.hasHello()).isTrue());
        assertThat(cluster.get("b").tap.sent.stream().filter(PeerFrame::hasHello))
                .isNotEmpty();
    }

    private static PeerConfig small(int frameBytes, int queueMessages, int queueBytes) {
        PeerConfig all = PeerConfig.defaults();
        return new PeerConfig(
                all.heartbeat(),
                all.suspectAfter(),
                all.silentAfter(),
                all.helloTimeout(),
                all.backoffMin(),
                all.backoffMax(),
                frameBytes,
                Math.min(frameBytes, all.bulkFrameBytes()),
                queueMessages,
                queueBytes,
                all.asksPerLoop());
    }
}
