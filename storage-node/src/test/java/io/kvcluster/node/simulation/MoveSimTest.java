package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members come, go and lose their disks while clients work: every promise is kept, every move ends, and each rule is missed. */
class MoveSimTest {
    private static final long SEEDS = 60;
    /** Within so many seeds each rule that is taken away must show. */
    private static final long SEEDS_OF_A_FAULT = 200;

    @Test
    void everyPromiseIsKeptWhilePartitionsMove() {
        SimRuns runs = SimRuns.of(
                SimRuns.Kind.MOVING,
                SimRuns.FIRST_SEED,
                SEEDS,
                seed -> MovingSimulation.run(seed, MoveFault.NONE, false),
                line -> {});

        assertThat(runs.failures().stream().map(Simulation.Result::describe)).isEmpty();
        assertThat(runs.unreached().stream().filter(mark -> !mark.isRare()))
                .as(runs.summary())
                .isEmpty();
        assertThat(runs.epochs()).as("a run that moves little proves little").isGreaterThan(SEEDS * 20);
    }

    /** The others take a moment that chance seldom gives: {@link BothSetsTest}, {@link MoveRulesTest}. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "WRITE_BACK_TO_ONE_SET", "END_WRITE_BOTH_EARLY", "SKIP_BARRIER"})
    void aRuleThatIsTakenAwayIsMissed(MoveFault fault) {
        assertThat(LongStream.rangeClosed(1, SEEDS_OF_A_FAULT)
                        .parallel()
                        .anyMatch(seed -> MovingSimulation.run(seed, fault, false)
                                .violation()
                                .isPresent()))
                .as("one of " + SEEDS_OF_A_FAULT + " seeds shows that " + fault + " breaks a promise")
                .isTrue();
    }

    @Test
    void theSameSeedGivesTheSameTrace() {
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(MovingSimulation.run(seed, MoveFault.NONE, true).trace())
                    .isEqualTo(MovingSimulation.run(seed, MoveFault.NONE, true).trace());
        }
    }
}
