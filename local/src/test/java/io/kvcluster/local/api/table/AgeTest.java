package io.kvcluster.local.api.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeTest {
    /** The table of kubectl's own duration test. */
    @ParameterizedTest
    @CsvSource({
        "1, 1s",
        "70, 70s",
        "190, 3m10s",
        "600, 10m",
        "2820, 47m",
        "3600, 60m",
        "10800, 3h",
        "11400, 3h10m",
        "28800, 8h",
        "172800, 2d",
        "187200, 2d4h",
        "691200, 8d",
        "63072000, 2y"
    })
    void isWordedAsKubectlDoes(long seconds, String text) {
        assertThat(Age.of(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @Test
    void anAbsentTimeIsUnknown() {
        assertThat(Age.since("", Instant.EPOCH)).isEqualTo("<unknown>");
    }
}
