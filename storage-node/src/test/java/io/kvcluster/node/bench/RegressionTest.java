package io.kvcluster.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.bench.Regression.Cost;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the comparison makes of figures, whatever they are. */
class RegressionTest {
    private static final String CALIBRATION = "CalibrationBench.calibration";

    private static boolean good(Cost before, Cost now, double slower) {
        return Regression.compare(
                Map.of(CALIBRATION, new Cost(5, 100), "A.a", before),
                Map.of(CALIBRATION, new Cost(5 * slower, 100), "A.a", now));
    }

    @Test
    void aSlowerMachineIsNoRegressionAndSlowerCodeIs() {
        assertThat(good(new Cost(2, 500), new Cost(2.1, 500), 1)).isTrue();
        assertThat(good(new Cost(2, 500), new Cost(6, 500), 3)).isTrue();
        assertThat(good(new Cost(2, 500), new Cost(6, 500), 1)).isFalse();
    }

    @Test
    void aFasterMachineDoesNotHideSlowerCode() {
        assertThat(good(new Cost(2, 500), new Cost(2, 500), 0.5)).isFalse();
    }

    @Test
    void moreAllocationsAreOneOnAnyMachine() {
        assertThat(good(new Cost(2, 500), new Cost(2, 600), 1)).isFalse();
        assertThat(good(new Cost(2, 0), new Cost(2, 16), 1)).isTrue();
    }

    @Test
    void whatIsNewIsNamedAndWhatIsGoneIsAskedFor() {
        Cost cost = new Cost(1, 1);
        assertThat(Regression.compare(Map.of(CALIBRATION, cost), Map.of(CALIBRATION, cost, "B.b", cost)))
                .isTrue();
        assertThat(Regression.compare(Map.of(CALIBRATION, cost, "B.b", cost), Map.of(CALIBRATION, cost)))
                .isFalse();
    }
}
