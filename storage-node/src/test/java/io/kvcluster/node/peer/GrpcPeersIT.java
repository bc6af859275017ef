package io.kvcluster.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.node.seams.EventLoops;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GrpcPeersIT {
    @TempDir
    Path directory;

    private final List<GrpcNode> nodes = new ArrayList<>();

    private GrpcNode node(String name, String host, int incarnation) throws IOException {
        GrpcNode node = new GrpcNode(name, host, incarnation, directory.resolve(name + incarnation));
        nodes.add(node);
        return node;
    }

    private void linkAll() {
        GrpcNode[] all = nodes.toArray(GrpcNode[]::new);
        nodes.forEach(node -> node.linkWith(all));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> nodes.stream()
                        .allMatch(node ->
                                nodes.stream().allMatch(other -> other == node || node.isLinkedWith(other.name))));
        // Both sides dial; wait until each pair has settled on one link.
        await().atMost(Duration.ofSeconds(10)).until(() -> nodes.stream().allMatch(this::hasOneLinkForEachPeer));
    }

    private boolean hasOneLinkForEachPeer(GrpcNode node) {
        PeerCounters counters = node.room.counters();
        return counters.linksOpened.sum() - counters.linksClosed.sum() == nodes.size() - 1L;
    }

    @AfterEach
    void close() {
        nodes.forEach(GrpcNode::close);
    }

    @Test
    void threeNodesAskEachOtherOverOneLinkForEachPair() throws Exception {
        node("a", "127.0.0.1", 1);
        node("b", "127.0.0.1", 1);
        node("c", "127.0.0.1", 1);
        linkAll();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            for (GrpcNode from : nodes) {
                for (GrpcNode to : nodes) {
                    if (from != to) {
                        String key = from.name + to.name + i;
                        expected.add(key);
                        answers.add(from.ask(to.name, PeerCluster.read(key), i % 2, 20_000));
                    }
                }
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(expected.get(i));
        }
        PeerCounters counters = nodes.getFirst().room.counters();
        assertThat(counters.framesSent.sum())
                .as("8,000 messages left in batches")
                .isLessThan(counters.messagesSent.sum() / 2);
    }

    /** Whoever hears from this node where the other is may not know that name. */
    @Test
    void whoIsDialledByNameIsReportedByAddress() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        AtomicReference<String> remote = new AtomicReference<>();
        GrpcTransport dialler = new GrpcTransport(
                new GrpcTransport.Config("127.0.0.1", 0, a.transport.port()), a.environment.network(1));
        dialler.connect("localhost", false, new Transport.Listener<>() {
            @Override
            public void opened(Transport.Link<PeerFrame> link) {
                remote.set(link.presentAddress());
                link.close("seen");
            }

            @Override
            public void received(PeerFrame frame) {}

            @Override
            public void ready() {}

            @Override
            public void closed(String why) {}
        });
        await().atMost(Duration.ofSeconds(10)).until(() -> remote.get() != null);
        assertThat(remote.get()).isEqualTo("127.0.0.1");
    }

    @Test
    void largeRecordsTravelAndTooLargeOnesAreRefused() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        node("b", "127.0.0.1", 1);
        linkAll();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(a.ask("b", PeerCluster.read("v".repeat(1024 * 1024) + i), 0, 20_000));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS))
                    .hasSize(1024 * 1024 + Integer.toString(i).length());
        }
        assertThat(a.askAndWait("b", "v".repeat(7 * 1024 * 1024))).hasSize(7 * 1024 * 1024);
        assertThat(a.askAndWait("b", "v".repeat(8 * 1024 * 1024))).isEqualTo("NOT_SENT");
    }

    @Test
    void aKilledPeerIsDownAndComesBackByDiallingFromANewPort() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        GrpcNode b = node("b", "127.0.0.1", 1);
        node("c", "127.0.0.1", 1);
        linkAll();
        b.answering = false;
        CompletableFuture<String> inFlight = a.ask("b", PeerCluster.read("k"), 0, 30_000);
        await().until(() -> a.room.counters().messagesSent.sum() > 0 && a.room.queued() == 0);
        nodes.remove(b);
        b.close();
        assertThat(inFlight.get(5, TimeUnit.SECONDS)).isIn("LOST", "NOT_SENT");
        assertThat(a.askAndWait("b", "k")).isEqualTo("NOT_SENT");
        await().atMost(Duration.ofMillis(3_500)).until(() -> !a.room.isUp(PeerCluster.storeIdOf("b")));

        GrpcNode back = new GrpcNode("b", "127.0.0.1", 2, directory.resolve("b2"));
        nodes.add(back);
        back.linkWith(a);
        await().atMost(Duration.ofSeconds(2)).until(() -> a.room.isUp(PeerCluster.storeIdOf("b")));
        assertThat(a.askAndWait("b", "again")).isEqualTo("again");
        assertThat(back.askAndWait("a", "back")).isEqualTo("back");
    }

    @Test
    void aNodeWithItsOwnAddressIsReachedThereByTheLinkThatItDialled() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        GrpcNode b = node("b", "127.0.0.77", 1);
        b.linkWith(a);
        await().until(() -> a.isLinkedWith("b"));
        assertThat(a.report("b").address()).isEqualTo("127.0.0.77");
        assertThat(a.askAndWait("b", "k")).isEqualTo("k");
    }

    @Test
    void theReasonOfARefusalReachesTheOtherSide() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        GrpcNode b = node("b", "127.0.0.1", 1);
        b.clusterId = "cluster-2";
        a.linkWith(b);
        await().untilAsserted(() ->
                assertThat(a.report("b").trouble()).contains("a belongs to cluster id cluster-1, b to cluster-2"));
        assertThat(a.askAndWait("b", "k")).isEqualTo("NOT_SENT");
    }

    @Test
    void nobodyAtTheAddressIsSaidInWords() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        GrpcNode b = node("b", "127.0.0.1", 1);
        PeerTarget target = b.target();
        nodes.remove(b);
        b.close();
        a.room.targets(List.of(target));
        await().untilAsserted(() -> assertThat(a.report("b").trouble())
                .contains(target.addresses().getFirst())
                .contains("UNAVAILABLE"));
        a.room.targets(List.of(new PeerTarget(target.storeId(), "b", List.of("no-such-host.invalid"), 1)));
        await().untilAsserted(() -> assertThat(a.report("b").trouble()).contains("no-such-host.invalid"));
    }

    @Test
    void addressesThatAreNoneAreSaidInWordsAndHurtNobody() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        for (String address : List.of("host:99999", "two words", "host:port", "a_b:1:2", "[::1", "-")) {
            a.room.targets(List.of(new PeerTarget(PeerCluster.storeIdOf("b"), "b", List.of(address), 1)));
            await().untilAsserted(() -> assertThat(a.report("b").trouble()).contains(address));
        }
        GrpcNode c = node("c", "127.0.0.1", 1);
        a.linkWith(c);
        await().until(() -> a.isLinkedWith("c"));
    }

    @Test
    void linksThatComeBeforeTheRoomIsReadyAreRefusedAndTriedAgain() throws Exception {
        GrpcNode a = node("a", "127.0.0.1", 1);
        try (EventLoops loops = new EventLoops("early", 1, Throwable::printStackTrace);
                GrpcTransport early = new GrpcTransport(new GrpcTransport.Config("127.0.0.1", 0, 1), loops)) {
            early.start(List.of());
            a.room.targets(
                    List.of(new PeerTarget(PeerCluster.storeIdOf("b"), "b", List.of("127.0.0.1:" + early.port()), 1)));
            await().untilAsserted(() -> assertThat(a.report("b").trouble()).contains("still recovering"));
        }
    }
}
