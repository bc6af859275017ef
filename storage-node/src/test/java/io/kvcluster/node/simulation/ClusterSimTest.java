package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole clusters in virtual time: every promise is kept under every fault, and a rule that is taken away is missed. */
class ClusterSimTest {
    private static final int SEEDS = 200;

    @Test
    void everyPromiseIsKeptAndEveryMarkIsReachedThatIsNotRare() {
        SimRuns runs = SimRuns.of(SimRuns.Kind.STILL, SimRuns.FIRST_SEED, SEEDS, Simulation::run, line -> {});
        assertThat(runs.failures().stream().map(Simulation.Result::describe)).isEmpty();
        assertThat(runs.unreached().stream().filter(mark -> !mark.isRare()))
                .as(runs.summary())
                .isEmpty();
        assertThat(runs.answered())
                .as("a run that shows little proves little: " + runs.summary())
                .isGreaterThan(SEEDS * 120L);
    }

    @ParameterizedTest
    @EnumSource
    void aRuleThatIsTakenAwayIsMissed(SeededFault fault) {
        assertThat(LongStream.range(SimRuns.FIRST_SEED, SimRuns.FIRST_SEED + SEEDS)
                        .parallel()
                        .anyMatch(seed -> fault.run(seed).violation().isPresent()))
                .as("one of " + SEEDS + " seeds shows that " + fault + " breaks a promise")
                .isTrue();
    }

    /** Seeds that showed bugs once, by what they showed. */
    @ParameterizedTest
    @EnumSource
    void whatWasFoundOnceStaysFixed(Found found) {
        Simulation.Result result =
                Simulation.run(found.plan, io.kvcluster.node.NodeRules.DESIGNED, Simulation.Sabotage.NOTHING, false);
        assertThat(result.violation()).as(found.name()).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameTrace() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(Simulation.traced(seed).trace())
                    .isEqualTo(Simulation.traced(seed).trace());
        }
    }

    /** Salts of hash tables, identity hashes and what the compiler did so far differ there. */
    @Test
    void theSameSeedGivesTheSameTraceInAnotherProcess() throws Exception {
        long seed = 11;
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Dtest.log=OFF",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SimRuns.class.getName(),
                        "STILL",
                        "SEED",
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> there = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(child.waitFor()).isZero();
        List<String> here = Simulation.traced(seed).trace();
        assertThat(here).hasSizeGreaterThan(500);
        assertThat(there.subList(0, there.size() - 1)).isEqualTo(here);
    }
}
