package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another version of the operator makes pods in another way. It does so for pods that start anyway, and restarts none for it. */
class OperatorUpgradeTest {
    private static final String THREE = "{replicas: 3, partitions: 16}";
    private static final String SIX = "{replicas: 6, partitions: 16}";
    private static final String NEWER = "storage-node:newer";

    @Test
    void theTemplateIsOfTheNewVersionAndNoPodRestarts() {
        Stage stage = Stage.settled(THREE).operatorBecomes(NEWER).run();
        assertThat(image(stage)).isEqualTo(NEWER);
        assertThat(stage.started).isEmpty();
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.status().phase()).isEqualTo("Ready");
        assertThat(stage.ring().epoch()).isEqualTo(1);
    }

    @Test
    void theSameVersionWithTheSameSpecWritesNothing() {
        Stage stage = Stage.settled(THREE).run();
        stage.done.clear();
        stage.operatorRestarts().run();
        assertThat(stage.done).allMatch(step -> step.startsWith("gives the ring"), "only the ring is given once more");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6, 10, 15, 20})
    void inTheMiddleOfMovesTheyGoOnAndNoPodRestarts(int passes) {
        Stage up = Stage.settled(THREE)
                .want(SIX)
                .passes(passes)
                .operatorBecomes(NEWER)
                .run();
        assertThat(up.started).containsExactlyInAnyOrder("demo-3", "demo-4", "demo-5");
        assertThat(up.ring().members()).hasSize(6);
        Stage down = Stage.settled(SIX)
                .want(THREE)
                .passes(passes)
                .operatorBecomes(NEWER)
                .run();
        assertThat(down.started).isEmpty();
        assertThat(down.pods()).hasSize(3);
    }

    @Test
    void theNextChangeOfTheUsersBringsItToAllPods() {
        Stage stage = Stage.settled(THREE).operatorBecomes(NEWER).run();
        stage.want("{replicas: 3, partitions: 16, podTemplate: {metadata: {annotations: {round: two}}}}")
                .run();
        assertThat(stage.started).containsExactlyInAnyOrder("demo-0", "demo-1", "demo-2");
        assertThat(stage.waits()).isEmpty();
    }

    private static String image(Stage stage) {
        return stage.world
                .all(StatefulSet.class)
                .getFirst()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage();
    }
}
