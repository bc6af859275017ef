package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever the caches show, of each kind something else, nothing is done that must never happen ({@link Stage} checks each write), and
 * once they show what is, the cluster ends where it should: in every operation, with operators that die in the middle.
 */
class StaleReadsTest {
    private static final int SEEDS = 60;
    private static final List<String> SPECS = List.of(
            "{replicas: 3, partitions: 16, storage: {reclaim: Delete, size: 20Gi}}",
            "{replicas: 4, partitions: 16, storage: {reclaim: Delete, size: 20Gi}}",
            "{replicas: 6, partitions: 16, storage: {reclaim: Delete, size: 20Gi}}",
            "{replicas: 5, replicationFactor: 2, partitions: 16, storage: {reclaim: Delete, size: 20Gi}}",
            "{replicas: 4, partitions: 16, quorums: {read: 1, write: 3}, storage: {reclaim: Delete, size: 20Gi}}",
            "{replicas: 3, partitions: 16, defaultConsistency: Quorum, storage: {reclaim: Delete, size: 20Gi}}",
            "{replicas: 5, partitions: 16, storage: {reclaim: Quarantine, size: 20Gi}}",
            "{replicas: 3, partitions: 16, storage: {reclaim: Delete, size: 20Gi},"
                    + " podTemplate: {metadata: {annotations: {round: two}}}}");

    @Test
    void everyOperationEndsWhereItShouldWhateverTheCachesShowMeanwhile() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random chance = new Random(seed);
            String story = "seed " + seed;
            Stage stage = Stage.settled("{replicas: 4, partitions: 16}").lagging(chance);
            try {
                for (int change = 0; change < 3; change++) {
                    String spec = SPECS.get(chance.nextInt(SPECS.size()));
                    int passes = chance.nextInt(40);
                    story += "; " + spec + " for " + passes + " passes";
                    stage.want(spec).passes(passes);
                    if (chance.nextInt(3) == 0) {
                        story += "; the operator restarts";
                        stage.operatorRestarts().lagging(chance);
                    }
                }
                String last = SPECS.get(chance.nextInt(4));
                story += "; at last " + last;
                stage.want(last).passes(30);
                stage.fresh().run();
                release(stage);
                stage.run();
                assertThat(stage.waits()).isEmpty();
                assertThat(stage.status().phase()).isEqualTo("Ready");
                assertThat(stage.pods()).hasSize(stage.world.cluster().getSpec().replicas());
                assertThat(stage.ring().members())
                        .hasSize(stage.world.cluster().getSpec().replicas());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(story + "; done " + stage.done, e);
            }
        }
    }

    /** What was set aside on the way is released, as a human does. */
    private static void release(Stage stage) {
        List.copyOf(stage.world.claims().keySet())
                .forEach(claim -> stage.world.claim(claim.substring("data-".length()), Stage::released));
    }
}
