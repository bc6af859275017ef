package io.kvcluster.node.peer;

import static io.kvcluster.node.peer.PeerCluster.storeIdOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.PeerCluster.Node;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingExchangeTest {
    private final PeerCluster cluster = new PeerCluster(9);

    private static RingTable ring(long epoch, String hash) {
        return RingTable.newBuilder().setEpoch(epoch).setHash(hash).build();
    }

    @Test
    void aPeerWithAnOlderRingIsSentOursOnce() {
        cluster.start("a", "b").settled();
        Node a = cluster.get("a");
        Node b = cluster.get("b");
        a.ring = ring(7, "seven");
        cluster.world.runForMillis(600);
        assertThat(b.offeredRings).containsExactly(storeIdOf("a") + "@7");
        assertThat(b.ring.getEpoch()).isEqualTo(7);
        cluster.world.runForMillis(5_000);
        assertThat(b.offeredRings).hasSize(1);
        assertThat(a.offeredRings).isEmpty();
        assertThat(a.report("b").ringEpoch()).isEqualTo(7);
    }

    @Test
    void aNewRingIsEverywhereAFewRoundTripsAfterOneNodeUsesIt() {
        cluster.start("a", "b", "c").settled();
        cluster.get("a").ring = ring(7, "seven");
        cluster.linkAll();
        cluster.world.runForMillis(20);
        assertThat(cluster.get("b").ring.getEpoch()).isEqualTo(7);
        assertThat(cluster.get("c").ring.getEpoch()).isEqualTo(7);
        assertThat(cluster.get("b").offeredRings).hasSize(1);
        cluster.get("a").tap.sent.clear();
        cluster.world.runForMillis(5_000);
        assertThat(cluster.get("a").tap.sent).as("and it is quiet again").hasSizeLessThan(25);
    }

    @Test
    void aPeerThatRefusesOurRingIsNotSentItAgainAndAgain() {
        cluster.start("a", "b").settled();
        Node b = cluster.get("b");
        b.ring = ring(5, "five");
        cluster.get("a").ring = ring(7, "seven");
        cluster.world.runForMillis(600);
        b.ring = ring(5, "five");
        cluster.world.runForMillis(10_000);
        assertThat(b.offeredRings).hasSize(1);
        cluster.get("a").ring = ring(8, "eight");
        cluster.world.runForMillis(600);
        assertThat(b.offeredRings).containsExactly(storeIdOf("a") + "@7", storeIdOf("a") + "@8");
    }

    @Test
    void aNewLinkSpreadsTheNewerRingAtOnce() {
        cluster.startNode("a", "a", 1).ring = ring(3, "three");
        Node b = cluster.startNode("b", "b", 1);
        cluster.linkAll();
        cluster.world.runForMillis(50);
        assertThat(b.offeredRings)
                .as("both dialled: on either link once at most")
                .hasSizeBetween(1, 2)
                .containsOnly(storeIdOf("a") + "@3");
    }

    @Test
    void whoDialsAPeerWithANewerRingGetsItAtOnce() {
        cluster.startNode("a", "a", 1).ring = ring(3, "three");
        Node b = cluster.startNode("b", "b", 1);
        b.room.targets(List.of(new PeerTarget(storeIdOf("a"), "a", List.of("a"), 1)));
        cluster.world.runForMillis(50);
        assertThat(b.offeredRings).containsExactly(storeIdOf("a") + "@3");
    }

    @Test
    void whatPeersNameIsObservedSoThatForksAreSeen() {
        cluster.startNode("a", "a", 1).ring = ring(3, "three");
        cluster.startNode("b", "b", 1).ring = ring(3, "another");
        cluster.linkAll();
        cluster.world.runForMillis(1_000);
        assertThat(cluster.get("a").observedRings).contains(storeIdOf("b") + "@3#another");
        assertThat(cluster.get("a").offeredRings).isEmpty();
        assertThat(cluster.get("b").offeredRings).isEmpty();
    }
}
