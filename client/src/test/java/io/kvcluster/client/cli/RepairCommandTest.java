package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.client.FakeCluster;
import io.kvcluster.client.FakeNode;
import io.kvcluster.proto.repair.RepairRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RepairCommandTest {
    private final FakeCluster cluster = FakeCluster.onLoopback(3);
    private final String server = "--server=" + cluster.seed(0);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void itBeginsOnEveryNodeAndEndsWhenAllAreThrough() {
        Kv repair = Kv.run("repair", server);
        assertThat(repair.code()).as(repair.err()).isEqualTo(0);
        assertThat(repair.out())
                .contains("NODE     EXCHANGES")
                .contains("fake-2          32")
                .contains("3.1 KiB")
                .contains("16 partitions in ")
                .contains("the replicas that answer are equal");
        assertThat(cluster.nodes())
                .allSatisfy(
                        node -> assertThat(node.repair.requests()).containsExactly(RepairRequest.getDefaultInstance()));
    }

    @Test
    void fullTellsWhatWasReadBackAndChosenPartitionsAreAskedFor() {
        JsonNode json = Kv.run("repair", server, "--full", "--partition=3,5", "-o", "json")
                .json();
        assertThat(json.path("complete").asBoolean()).isTrue();
        assertThat(json.path("partitions").asInt()).isEqualTo(2);
        assertThat(json.path("nodes")).hasSize(3);
        assertThat(json.path("nodes").get(0).path("recordsRead").asInt()).isEqualTo(20);
        assertThat(cluster.node(1).repair.requests())
                .containsExactly(RepairRequest.newBuilder()
                        .addPartitions(3)
                        .addPartitions(5)
                        .setFull(true)
                        .build());
    }

    @Test
    void aNodeThatIsDownIsNamedAndTheRestIsRepaired() {
        cluster.node(2).showAs(false);
        Kv repair = Kv.run("repair", server);
        assertThat(repair.code()).isEqualTo(1);
        assertThat(repair.out()).contains("fake-1").doesNotContain("fake-2");
        assertThat(repair.err())
                .contains("fake-2 has no part in it: it is down")
                .contains("kv nodes");
        assertThat(cluster.node(2).repair.requests()).isEmpty();
    }

    @Test
    void whatIsNotThroughInTimeIsSaidAndGoesOn() {
        cluster.node(1).repair.stick();
        Kv repair = Kv.run("repair", server, "--limit=1s");
        assertThat(repair.code()).isEqualTo(1);
        assertThat(repair.err())
                .contains("not through within 1s: 32 pairs are left")
                .contains("It goes on by itself");
    }

    @Test
    void replicasThatDifferAreCounted() {
        cluster.node(1).repair.differ();
        Kv repair = Kv.run("repair", server);
        assertThat(repair.code()).isEqualTo(0);
        assertThat(repair.out()).contains("the replicas of 16 differ at this moment");
        assertThat(repair.err()).contains("kv repair --full");
    }

    @Test
    void itCanBeBegunOnlyAndBeEnded() {
        cluster.nodes().forEach(node -> node.repair.stick());
        Kv begun = Kv.run("repair", server, "--no-wait");
        assertThat(begun.code()).as(begun.err()).isEqualTo(0);
        assertThat(begun.out()).contains("begun on 3 of 3 nodes");
        assertThat(Kv.run("status", server).out()).contains("96 pairs of replicas may differ");
        Kv cancelled = Kv.run("repair", server, "--cancel");
        assertThat(cancelled.out()).contains("ended on 3 of 3 nodes");
        assertThat(Kv.run("status", server).out()).contains("no pair of replicas is known to differ");
        assertThat(cluster.nodes()).extracting(FakeNode::name).hasSize(3);
    }

    @Test
    void wrongRequestsAreRefusedWithTheRule() {
        Kv partition = Kv.run("repair", server, "--partition=99");
        assertThat(partition.code()).isEqualTo(2);
        assertThat(partition.err()).contains("partitions names 99: 0..15 is allowed");
        Kv both = Kv.run("repair", server, "--cancel", "--full");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("--cancel ends all repair");
    }

    @Test
    void statusTellsHowReplicasAreKeptEqual() {
        Kv status = Kv.run("status", server);
        assertThat(status.out())
                .contains("repair       no pair of replicas is known to differ; last round of exchanges not yet")
                .contains("9 hints wait")
                .contains("15 tombstones")
                .doesNotContain("scrub");
        JsonNode json = Kv.run("status", server, "-o", "json").json().path("repair");
        assertThat(json.path("hints").asInt()).isEqualTo(9);
        assertThat(json.path("silent")).isEmpty();
    }
}
