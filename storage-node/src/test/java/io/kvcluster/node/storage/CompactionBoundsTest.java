package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CompactionBoundsTest {
    private static final CompactionBounds BOUNDS = CompactionBounds.USUAL;

    @Test
    void theUsualPaceIsKeptWhileThereIsLittleToGiveBack() {
        assertThat(CompactionBounds.urgency(0, 0)).isEqualTo(1);
        assertThat(CompactionBounds.urgency(155, 100)).isEqualTo(1);
        assertThat(CompactionBounds.urgency(100, 100)).isEqualTo(1);
    }

    @Test
    void thePaceGrowsEvenlyWithWhatThereIsToGiveBack() {
        assertThat(CompactionBounds.urgency(1_700, 1_000)).isCloseTo(8.5, within(1e-9));
        assertThat(CompactionBounds.urgency(185, 100)).isCloseTo(CompactionBounds.MAX_URGENCY, within(1e-9));
        assertThat(CompactionBounds.urgency(500, 100)).isEqualTo(CompactionBounds.MAX_URGENCY);
        assertThat(CompactionBounds.urgency(500, 0)).isEqualTo(CompactionBounds.MAX_URGENCY);
    }

    @Test
    void whatIsRewrittenDependsOnSpaceAndDebt() {
        assertThat(BOUNDS.limitPercent(false, 1)).isEqualTo(50);
        assertThat(BOUNDS.limitPercent(false, CompactionBounds.MAX_URGENCY)).isEqualTo(65);
        assertThat(new CompactionBounds(80, 1 << 20).limitPercent(false, CompactionBounds.MAX_URGENCY))
                .isEqualTo(80);
        assertThat(BOUNDS.limitPercent(true, CompactionBounds.MAX_URGENCY)).isEqualTo(90);
    }
}
