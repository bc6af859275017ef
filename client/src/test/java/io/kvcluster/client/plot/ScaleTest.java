package io.kvcluster.client.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void linearTicksAreRoundAndEncloseTheValues() {
        Scale scale = Scale.linear(0, 9_300, true, 200, 0);
        assertThat(scale.ticks()).containsExactly(0.0, 2_000.0, 4_000.0, 6_000.0, 8_000.0, 10_000.0);
        assertThat(scale.pixel(0)).isEqualTo(200);
        assertThat(scale.pixel(10_000)).isEqualTo(0);
        assertThat(scale.pixel(5_000)).isCloseTo(100, within(1e-9));
    }

    @Test
    void logarithmicTicksAreOneTwoFive() {
        Scale scale = Scale.logarithmic(0.3, 40, 100, 0);
        assertThat(scale.ticks())
                .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1, Double.class)
                .containsExactly(0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0);
        assertThat(scale.pixel(0)).isEqualTo(100);
    }

    @Test
    void anyValuesGiveAFewTicksWithinTheAxis() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            double least = Math.pow(10, random.nextDouble(-4, 7));
            double greatest = least * (1 + Math.pow(10, random.nextDouble(-3, 5)));
            for (Scale scale : List.of(
                    Scale.linear(0, greatest, true, 200, 0),
                    Scale.linear(least, greatest, false, 0, 200),
                    Scale.logarithmic(least, greatest, 200, 0))) {
                assertThat(scale.ticks()).as(least + ".." + greatest).hasSizeBetween(2, 16);
                assertThat(scale.pixel(least)).isBetween(0.0, 200.0);
                assertThat(scale.pixel(greatest)).isBetween(0.0, 200.0);
            }
        }
    }

    @Test
    void aSingleValueAndNoValueStillHaveAnAxis() {
        assertThat(Scale.linear(0, 0, true, 200, 0).ticks()).hasSizeGreaterThan(1);
        assertThat(Scale.logarithmic(5, 5, 200, 0).ticks()).hasSizeGreaterThan(1);
        assertThat(LineChart.of("nothing", "x", "y", List.of()).svg()).contains("</svg>");
    }

    @Test
    void labelsAreShort() {
        assertThat(Scale.label(1_500)).isEqualTo("1.5k");
        assertThat(Scale.label(2_000_000)).isEqualTo("2M");
        assertThat(Scale.label(0.25)).isEqualTo("0.25");
        assertThat(Scale.label(0)).isEqualTo("0");
    }

    @Test
    void valuesThatAreNoNumbersAreRefused() {
        assertThatThrownBy(() -> new Series("p99", List.of(1.0), List.of(Double.NaN)))
                .hasMessageContaining("p99");
        assertThatThrownBy(() -> new Series("p99", List.of(1.0), List.of())).hasMessageContaining("1 x values and 0");
    }

    @Test
    void namesAreEscaped() {
        assertThat(LineChart.of("a < b & c", "x", "y", List.of()).svg()).contains("a &lt; b &amp; c");
    }
}
