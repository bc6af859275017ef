package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever was written into a spec, and whenever, in the middle of moves and of rollouts too: when it is set back, the cluster is again
 * what it was. Edits that the API server would refuse are among them: it may have an older CRD.
 */
class CorrectableSpecTest {
    private static final int SEEDS = 100;
    private static final List<String> ZONES = List.of("a", "b", "c");

    private interface Edit {
        void apply(Map<String, Object> spec, Random chance);
    }

    /** Good ones, that begin moves and rollouts. */
    private static final List<Edit> CHANGES = List.of(
            (spec, chance) -> spec.put("replicas", 3 + chance.nextInt(4)),
            (spec, chance) -> spec.put("replicationFactor", 2 + chance.nextInt(2)),
            (spec, chance) -> spec.put("quorums", Map.of("read", 1 + chance.nextInt(2), "write", 2)),
            (spec, chance) -> spec.put("defaultConsistency", chance.nextBoolean() ? "Quorum" : "All"),
            (spec, chance) -> spec.put(
                    "podTemplate", Map.of("metadata", Map.of("annotations", Map.of("round", chance.nextInt() + "")))));

    /** No rule forbids these, and they cannot work. */
    private static final List<Edit> IMPOSSIBLE = List.of(
            (spec, _) -> spec.put("image", "missing:1"),
            (spec, _) -> spec.put("podTemplate", requests("cpu", "4000")),
            (spec, _) -> {
                spec.put("image", "missing:2");
                spec.put("replicas", 6);
            },
            (spec, _) -> {
                if (spec.containsKey("topology")) {
                    spec.put("topology", Map.of("zones", List.of("a", "b", "c", "nowhere")));
                    spec.put("replicas", 6);
                }
            });

    /** Against a rule. */
    private static final List<Edit> FORBIDDEN = List.of(
            (spec, _) -> spec.put("replicas", 0),
            (spec, _) -> spec.put("replicas", 2),
            (spec, _) -> spec.put("replicas", 500),
            (spec, _) -> spec.put("replicationFactor", 8),
            (spec, _) -> spec.put("replicationFactor", 0),
            (spec, _) -> spec.put("quorums", Map.of("read", 9)),
            (spec, _) -> spec.put("partitions", 32),
            (spec, _) -> spec.put("partitions", 17),
            (spec, _) -> spec.put("storage", Map.of("size", "1Gi")),
            (spec, _) -> spec.put("storage", Map.of("storageClassName", "no-such-class")),
            (spec, _) -> spec.put("healing", Map.of("downAfter", "1ms")),
            (spec, _) -> spec.put("durability", "Periodic"),
            (spec, _) -> spec.put("conflictResolution", "Custom"),
            (spec, _) -> spec.put("podTemplate", Map.of("nodeSelektor", Map.of("disk", "fast"))),
            (spec, _) -> spec.put("podTemplate", Map.of("spec", Map.of("volumes", List.of(Map.of("name", "data"))))),
            (spec, _) -> {
                if (spec.containsKey("topology")) {
                    spec.put("topology", Map.of("zones", List.of("a", "a", "b")));
                } else {
                    spec.put("topology", Map.of("zones", List.of("a")));
                }
            });

    private static Map<String, Object> requests(String what, String amount) {
        return Map.of(
                "spec",
                Map.of(
                        "containers",
                        List.of(Map.of(
                                "name", "storage-node", "resources", Map.of("requests", Map.of(what, amount))))));
    }

    @Test
    void whateverWasWrittenIntoASpecSettingItBackBringsTheClusterBack() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            check(seed);
        }
    }

    private static void check(int seed) {
        Random chance = new Random(seed);
        Map<String, Object> base = new LinkedHashMap<>(Map.of("replicas", 3 + chance.nextInt(3), "partitions", 16));
        if (chance.nextBoolean()) {
            base.put("topology", Map.of("zones", ZONES));
        }
        Stage stage = Stage.settled(Serialization.asJson(base));
        List<String> members = stage.members();
        List<String> story = new ArrayList<>();
        try {
            int edits = 1 + chance.nextInt(4);
            for (int i = 0; i < edits; i++) {
                Map<String, Object> spec = new LinkedHashMap<>(base);
                List<List<Edit>> kinds = List.of(CHANGES, IMPOSSIBLE, FORBIDDEN);
                for (int j = 0; j <= chance.nextInt(2); j++) {
                    List<Edit> kind = kinds.get(chance.nextInt(kinds.size()));
                    kind.get(chance.nextInt(kind.size())).apply(spec, chance);
                }
                int passes = chance.nextInt(20);
                story.add(Serialization.asJson(spec) + ", " + passes + " passes");
                stage.want(Serialization.asJson(spec)).passes(passes);
                if (chance.nextInt(4) == 0) {
                    story.add("the operator restarts");
                    stage.operatorRestarts();
                }
            }
            assertIsAsItWas(stage.want(Serialization.asJson(base)).run(), members);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + base + " then " + story + " then back; done " + stage.done, e);
        }
    }

    private static void assertIsAsItWas(Stage stage, List<String> members) {
        Ring ring = stage.ring();
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.status().phase()).isEqualTo("Ready");
        assertThat(stage.members()).containsExactlyInAnyOrderElementsOf(members);
        assertThat(stage.pods()).hasSize(members.size());
        for (int p = 0; p < ring.partitions(); p++) {
            assertThat(ring.moves(p)).isFalse();
            assertThat(ring.replicas(p)).hasSize(3);
            assertThat(ring.read(p)).isEqualTo(2);
            assertThat(ring.write(p)).isEqualTo(2);
        }
        for (StatefulSet set : stage.world.all(StatefulSet.class)) {
            String made =
                    set.getSpec().getTemplate().getMetadata().getAnnotations().get(Labels.POD_HASH);
            stage.world.look().pods().values().forEach(pod -> {
                assertThat(pod.isReady()).as(pod.name()).isTrue();
                assertThat(pod.podHash()).isEqualTo(made);
            });
        }
        int before = stage.done.size();
        stage.passes(3);
        assertThat(stage.done).as("nothing is left to do").hasSize(before);
    }

    /** The kinds of edits reach what they are for. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatCannotWorkIsTriedAndHeldAtTheFirstPod(int kind) {
        Map<String, Object> base = new LinkedHashMap<>(Map.of("replicas", 3, "partitions", 16));
        base.put("topology", Map.of("zones", ZONES));
        Stage stage = Stage.settled(Serialization.asJson(base));
        Map<String, Object> bad = new LinkedHashMap<>(base);
        IMPOSSIBLE.get(kind).apply(bad, new Random(1));
        stage.want(Serialization.asJson(bad)).run();
        assertThat(stage.waits()).isNotEmpty();
        long ready = stage.world.look().pods().values().stream()
                .filter(pod -> pod.isReady())
                .count();
        assertThat(ready).as("quorums are kept").isGreaterThanOrEqualTo(2);
    }
}
