package io.kvcluster.e2e.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlownessTest {
    @Test
    void theMachineIsBusyWhenItIsNeitherIdleNorWaitsForADisk() {
        String stat = "cpu  100 20 300 9000 800 1 2 50 7 7\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assertThat(Slowness.busySeconds(stat)).isEqualTo((100 + 20 + 300 + 1 + 2 + 50) / 100.0, within(1e-9));
    }

    @Test
    void aProcessIsChargedForItsChildrenThatHaveEnded() {
        String stat = "42 (a (strange) name) S 1 42 42 0 -1 4194560 100 0 0 0 11 22 33 44 20 0 1 0 5 6 7";
        assertThat(Slowness.processSeconds(stat)).isEqualTo(1.1, within(1e-9));
        assertThat(Slowness.processSeconds("")).isZero();
    }

    @Test
    void onlyTheWorkOfOthersIsAnExcuse() {
        assertThat(Slowness.factor(Slowness.OTHERS_SHARE / 2, 5)).isEqualTo(1);
        assertThat(Slowness.factor(0.8, 5)).isEqualTo(5);
        assertThat(Slowness.factor(0.8, 0.9)).isEqualTo(1);
    }

    @Test
    void aWatchSaysSomethingSoon() {
        try (Slowness slowness = Slowness.watch()) {
            await().during(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> slowness.factor() >= 1 && slowness.factor() < 1_000);
        }
    }
}
