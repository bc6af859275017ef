package io.kvcluster.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.PeerCluster.Asked;
import io.kvcluster.node.peer.PeerCluster.Node;
import io.kvcluster.proto.peer.PeerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * What askers may count on, under seeded faults: links break, partitions come and go, nodes die and return, loops pause.
 * Every ask hears exactly one outcome in time; NOT_SENT is never said of a request that arrived anywhere; an answer is that of
 * its own question.
 */
class PeerFaultsTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 120;

    private final Map<String, Integer> outcomes = new HashMap<>();

    @Test
    void everyAskHearsOneOutcomeAndNotSentIsNeverALie() {
        for (int seed = 0; seed < SEEDS; seed++) {
            run(seed);
        }
        assertThat(outcomes.keySet())
                .as("the faults reached every outcome: %s", outcomes)
                .contains("answered", "NOT_SENT", "LOST", "TIMEOUT");
    }

    private void run(int seed) {
        PeerCluster cluster = new PeerCluster(seed);
        RandomGenerator random = cluster.world.newRandom("faults");
        cluster.network.window(1 + random.nextInt(8));
        cluster.network.delayMicros(50, 200 + random.nextInt(20_000));
        cluster.start("a", "b", "c");
        Map<String, Asked> asked = new LinkedHashMap<>();
        Map<String, Node> askers = new HashMap<>();
        Set<String> arrived = new HashSet<>();
        List<Node> all = new ArrayList<>(cluster.nodes.values());
        for (int step = 0; step < STEPS; step++) {
            fault(cluster, random, all);
            for (int i = random.nextInt(20); i > 0; i--) {
                List<Node> live = new ArrayList<>(cluster.nodes.values());
                Node from = live.get(random.nextInt(live.size()));
                String to = List.of("a", "b", "c").get(random.nextInt(3));
                String key = seed + "/" + step + "/" + i;
                askers.put(key, from);
                asked.put(key, from.ask(to, PeerCluster.read(key), random.nextInt(2), 20 + random.nextInt(2_000)));
            }
            cluster.world.runForMillis(random.nextInt(120));
        }
        all.forEach(node -> node.askers.forEach(loop -> loop.resume()));
        cluster.world.runForMillis(5_000);
        all.forEach(node -> node.requests.forEach((PeerMessage request) ->
                arrived.add(request.getReadRequest().getKey().toStringUtf8())));
        asked.forEach((key, one) -> judge(seed, key, one, arrived, cluster.nodes.containsValue(askers.get(key))));
        healed(cluster, seed);
    }

    private void judge(int seed, String key, Asked one, Set<String> arrived, boolean askerLives) {
        if (!askerLives) {
            assertThat(one.heard).as("seed %d ask %s of a dead node", seed, key).hasSizeLessThanOrEqualTo(1);
            return;
        }
        assertThat(one.heard).as("seed %d ask %s", seed, key).hasSize(1);
        String outcome = one.heard.getFirst();
        switch (outcome) {
            case "NOT_SENT" ->
                assertThat(arrived).as("seed %d: %s was NOT_SENT", seed, key).doesNotContain(key);
            case "LOST", "TIMEOUT" -> {}
            default -> {
                assertThat(outcome).as("seed %d: the answer of %s", seed, key).isEqualTo(key);
                assertThat(arrived).contains(key);
                outcome = "answered";
            }
        }
        outcomes.merge(outcome, 1, Integer::sum);
    }

    private static void fault(PeerCluster cluster, RandomGenerator random, List<Node> all) {
        String[] names = {"a", "b", "c"};
        int first = random.nextInt(3);
        String one = names[first];
        String two = names[(first + 1 + random.nextInt(2)) % 3];
        switch (random.nextInt(16)) {
            case 0 -> cluster.network.breakLinks(one, two);
            case 1 -> cluster.network.partition(one, two);
            case 2, 3, 4 -> cluster.network.heal(one, two);
            case 5 -> {
                if (cluster.nodes.size() == 3) {
                    cluster.kill(one);
                }
            }
            case 6, 7 -> {
                for (String name : names) {
                    if (!cluster.nodes.containsKey(name)) {
                        all.add(cluster.startNode(name, name, 2 + random.nextInt(1)));
                        cluster.linkAll();
                    }
                }
            }
            case 8 -> pause(cluster, one);
            case 9, 10 -> cluster.nodes.values().forEach(node -> node.askers.forEach(loop -> loop.resume()));
            case 11 -> cluster.nodes.values().forEach(node -> node.answering = random.nextBoolean());
            default -> {}
        }
    }

    private static void pause(PeerCluster cluster, String name) {
        Node node = cluster.get(name);
        if (node != null) {
            node.askers.getFirst().pause();
        }
    }

    /** When the faults end, so do their traces: one link for each pair, and everybody answers. */
    private static void healed(PeerCluster cluster, int seed) {
        for (String name : List.of("a", "b", "c")) {
            if (!cluster.nodes.containsKey(name)) {
                cluster.startNode(name, name, 9);
            }
        }
        cluster.network.heal("a", "b");
        cluster.network.heal("b", "c");
        cluster.network.heal("a", "c");
        cluster.linkAll();
        cluster.world.runForMillis(10_000);
        assertThat(cluster.network.open()).as("seed %d: links", seed).isEqualTo(6);
        for (Node node : cluster.nodes.values()) {
            node.answering = true;
        }
        for (Node node : cluster.nodes.values()) {
            for (Node other : cluster.nodes.values()) {
                if (node != other) {
                    Asked asked = node.ask(other.name, "healed");
                    cluster.world.runForMillis(500);
                    assertThat(asked.heard)
                            .as("seed %d: %s asks %s", seed, node.name, other.name)
                            .containsExactly("healed");
                    assertThat(node.room.isUp(other.storeId)).isTrue();
                }
            }
        }
    }
}
