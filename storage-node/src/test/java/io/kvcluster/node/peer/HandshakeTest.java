package io.kvcluster.node.peer;

import static io.kvcluster.node.peer.PeerCluster.storeIdOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.PeerCluster.Asked;
import io.kvcluster.node.peer.PeerCluster.Node;
import io.kvcluster.node.seams.SimTransport;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.Hello;
import io.kvcluster.proto.peer.Lane;
import io.kvcluster.proto.peer.PeerFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private final PeerCluster cluster = new PeerCluster(11);

    @Test
    void aStoreOfAnotherClusterIsRefusedByBothSides() {
        cluster.startNode("a", "a", 1);
        cluster.startNode("b", "b", 1).clusterId = "cluster-2";
        assertThat(refusal("a", "b")).contains("belongs to cluster id", "cluster-1", "cluster-2");
    }

    @Test
    void aStoreWithoutRingIsWelcomeUntilItsFirstRingSaysOtherwise() {
        cluster.startNode("a", "a", 1);
        Node b = cluster.startNode("b", "b", 1);
        b.clusterId = "";
        cluster.linkAll();
        cluster.settled();
        b.clusterId = "cluster-2";
        cluster.linkAll();
        cluster.world.runForMillis(100);
        assertThat(cluster.get("a").report("b").trouble()).contains("cluster-2");
        cluster.world.runUntil("no link is left but for a moment", 1_000, () -> cluster.network.open() == 0);
    }

    @Test
    void aStoreWithoutRingThatGetsTheSameClusterKeepsItsLink() {
        cluster.startNode("a", "a", 1);
        Node b = cluster.startNode("b", "b", 1);
        b.clusterId = "";
        cluster.linkAll();
        cluster.settled();
        long closed = b.room.counters().linksClosed.sum();
        b.clusterId = "cluster-1";
        cluster.linkAll();
        cluster.world.runForMillis(3_000);
        assertThat(b.room.counters().linksClosed.sum()).isEqualTo(closed);
        assertThat(cluster.get("a").isLinkedWith(b)).isTrue();
    }

    @Test
    void anIncarnationThatWentBackIsRefused() {
        cluster.startNode("a", "a", 1);
        cluster.startNode("b", "b", 3);
        cluster.linkAll();
        cluster.settled();
        cluster.kill("b");
        cluster.startNode("b", "b", 2);
        assertThat(refusal("a", "b")).contains("incarnation", "went back from 3 to 2", "must become a new store");
    }

    @Test
    void anIncarnationBelowTheRingsIsRefusedBeforeAnythingWasHeard() {
        Node a = cluster.startNode("a", "a", 1);
        cluster.startNode("b", "b", 2);
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("b"), 5)));
        cluster.world.runForMillis(200);
        assertThat(a.report("b").trouble()).contains("went back from 5 to 2");
    }

    @Test
    void aDurableLsnThatWentBackIsRefusedEvenUnderAGreaterIncarnation() {
        cluster.startNode("a", "a", 1);
        cluster.startNode("b", "b", 1).durableLsn = 5_000;
        cluster.linkAll();
        cluster.settled();
        cluster.kill("b");
        cluster.startNode("b", "b", 2).durableLsn = 4_999;
        assertThat(refusal("a", "b")).contains("durable LSN", "went back from 5000 to 4999");
    }

    @Test
    void aDurableLsnThatGoesBackOnALiveLinkEndsIt() {
        cluster.start("a", "b").settled();
        cluster.world.runForMillis(2 * cluster.config.helloTimeout().toMillis() + 1_000);
        cluster.get("b").durableLsn = 1;
        cluster.world.runForMillis(600);
        assertThat(cluster.get("a").isLinkedWith(cluster.get("b"))).isFalse();
        assertThat(cluster.get("a").report("b").trouble()).contains("went back");
    }

    /** As at a join: a heartbeat is queued already when Hello is said again before it, and what has become durable meanwhile is told first. */
    @Test
    void whatWasQueuedBeforeAHelloIsNoStepBack() {
        cluster.startNode("a", "a", 1).busy = true;
        Node b = cluster.startNode("b", "b", 1);
        b.clusterId = "";
        cluster.linkAll();
        cluster.settled();
        long closed = b.room.counters().linksClosed.sum();
        for (int i = 0; i < 20; i++) {
            cluster.linkAll();
            cluster.world.runForMillis(100);
        }

        assertThat(b.room.counters().hellosRefused.sum()).isZero();
        assertThat(b.room.counters().linksClosed.sum()).isEqualTo(closed);
        assertThat(b.isLinkedWith(cluster.get("a"))).isTrue();
    }

    @Test
    void whileALinkIsOpenAStoreIsJudgedByWhatItHadShownAGreetingAgo() {
        Shown shown = new Shown(10, 0);
        shown.told(1, 100, 1);
        assertThat(shown.least(false, 2)).isEqualTo(new Handshake.Known(1, 100));
        assertThat(shown.least(true, 2)).isEqualTo(new Handshake.Known(1, 0));
        shown.told(1, 200, 15);
        assertThat(shown.least(true, 24)).isEqualTo(new Handshake.Known(1, 0));
        assertThat(shown.least(true, 25)).isEqualTo(new Handshake.Known(1, 100));
        assertThat(shown.least(true, 35)).isEqualTo(new Handshake.Known(1, 200));
        assertThat(shown.least(false, 35)).isEqualTo(new Handshake.Known(1, 200));
    }

    @Test
    void whoeverAnswersAtTheAddressOfAnotherStoreIsRefused() {
        Node a = cluster.startNode("a", "a", 1);
        cluster.startNode("c", "b", 1);
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("b"), 1)));
        cluster.world.runForMillis(200);
        assertThat(a.report("b").trouble()).contains("was expected there", storeIdOf("c"));
    }

    @Test
    void aStoreThatDialsItselfIsRefused() {
        Node a = cluster.startNode("a", "a", 1);
        a.room.targets(List.of(new PeerTarget(storeIdOf("b"), "b", List.of("a"), 1)));
        cluster.world.runForMillis(200);
        assertThat(a.report("b").trouble()).contains("dialled itself");
    }

    @Test
    void protocolsWithoutCommonVersionAreRefused() {
        assertThat(strangerSays(hello().setProtocolMin(3).setProtocolMax(4))).contains("protocol 3..4", "1..2");
        assertThat(strangerSays(hello().setProtocolMin(0).setProtocolMax(0))).contains("nothing in common");
        assertThat(strangerSays(hello().setProtocolMin(1).setProtocolMax(9))).isEqualTo("welcome");
    }

    @Test
    void brokenHellosAreRefusedInWords() {
        assertThat(strangerSays(hello().setStoreId(""))).contains("storeId \"\" is not 16 lower-case hex digits");
        assertThat(strangerSays(hello().setStoreId("ABCDEF0123456789"))).contains("not 16 lower-case hex");
        assertThat(strangerSays(hello().setLane(Lane.LANE_UNSPECIFIED))).contains("no lane");
        assertThat(strangerSays(PeerFrame.newBuilder().build())).contains("first frame was no Hello");
    }

    @Test
    void aLinkThatNeverSaysHelloIsClosedInTime() {
        cluster.start("a");
        Stranger silent = new Stranger(cluster.network.join("x"), null);
        cluster.world.runForMillis(2_900);
        assertThat(silent.ends).isEmpty();
        cluster.world.runForMillis(300);
        assertThat(silent.ends).singleElement().asString().contains("no Hello within 3000 ms");
    }

    @Test
    void strangersAreBounded() {
        cluster.start("a");
        List<Stranger> strangers = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            Hello hello = hello().setStoreId("%016x".formatted(0x1000 + i)).build();
            strangers.add(new Stranger(cluster.network.join("x" + i), frame(hello)));
        }
        cluster.world.runForMillis(100);
        assertThat(strangers.stream().filter(one -> one.welcome)).hasSize(Links.STRANGERS);
        assertThat(cluster.get("a").room.reports()).hasSize(Links.STRANGERS);
        strangers.forEach(one -> one.link.close("bye"));
        cluster.world.runForMillis(100);
        assertThat(cluster.get("a").room.reports()).isEmpty();
    }

    @Test
    void linksThatSayNothingAreBounded() {
        cluster.start("a");
        List<Stranger> strangers = new ArrayList<>();
        for (int i = 0; i < Openings.LIMIT + 10; i++) {
            strangers.add(new Stranger(cluster.network.join("x" + i), null));
        }
        cluster.world.runForMillis(100);
        assertThat(strangers.stream().filter(one -> !one.ends.isEmpty())).hasSize(10);
    }

    @Test
    void ofTwoLinksDialledAtOnceTheSmallerStoresStays() {
        for (int seed = 0; seed < 200; seed++) {
            PeerCluster twins = new PeerCluster(seed).start("a", "b").settled();
            twins.world.runForMillis(5_000);
            assertThat(twins.network.open()).as("seed %d: one link", seed).isEqualTo(2);
            assertThat(twins.get("a").tap.dialled)
                    .as("seed %d: settled at once, by one rule", seed)
                    .containsExactly("b");
            assertThat(twins.get("b").tap.dialled).containsExactly("a");
            Asked there = twins.get("a").ask("b", "there");
            Asked back = twins.get("b").ask("a", "back");
            twins.world.runForMillis(50);
            assertThat(there.heard).containsExactly("there");
            assertThat(back.heard).containsExactly("back");
        }
    }

    @Test
    void aHelloFromTheFutureIsRefusedAsClockSkew() {
        Node a = cluster.startNode("a", "a", 1);
        cluster.startNode("b", "b", 1).clock.offsetMillis(10_000);
        cluster.linkAll();
        cluster.world.runForMillis(500);
        assertThat(a.isLinkedWith(cluster.get("b"))).isFalse();
        assertThat(a.report("b").trouble()).contains("CLOCK_SKEW");
        cluster.get("b").clock.offsetMillis(1_500);
        cluster.settled();
        assertThat(a.room.isUp(storeIdOf("b"))).isTrue();
    }

    private String refusal(String asked, String of) {
        cluster.linkAll();
        cluster.world.runForMillis(500);
        assertThat(cluster.get(asked).isLinkedWith(cluster.get(of))).isFalse();
        assertThat(cluster.get(asked).room.counters().hellosRefused.sum()
                        + cluster.get(of).room.counters().hellosRefused.sum())
                .isPositive();
        return cluster.get(asked).report(of).trouble();
    }

    private static Hello.Builder hello() {
        return Hello.newBuilder()
                .setLane(Lane.FOREGROUND)
                .setName("x")
                .setStoreId("00000000000000ff")
                .setIncarnation(1)
                .setProtocolMin(1)
                .setProtocolMax(1);
    }

    private static PeerFrame frame(Hello hello) {
        return PeerFrame.newBuilder().setHello(hello).build();
    }

    private static String strangerSays(Hello.Builder hello) {
        return strangerSays(frame(hello.build()));
    }

    private static String strangerSays(PeerFrame first) {
        PeerCluster cluster = new PeerCluster(1).start("a");
        Stranger stranger = new Stranger(cluster.network.join("x"), first);
        cluster.world.runForMillis(100);
        return stranger.welcome ? "welcome" : String.join("; ", stranger.ends);
    }

    /** Speaks the wire by hand: sends one frame to node a and notes what comes. */
    private static final class Stranger implements Transport.Listener<PeerFrame> {
        private final PeerFrame first;
        final List<String> ends = new ArrayList<>();
        final Transport.Link<PeerFrame> link;
        boolean welcome;

        Stranger(SimTransport<PeerFrame> transport, PeerFrame first) {
            this.first = first;
            this.link = transport.connect("a", false, this);
        }

        @Override
        public void opened(Transport.Link<PeerFrame> opened) {
            if (first != null) {
                opened.send(first);
            }
        }

        @Override
        public void received(PeerFrame frame) {
            welcome |= frame.hasHello();
        }

        @Override
        public void ready() {}

        @Override
        public void closed(String why) {
            ends.add(why);
        }
    }
}
