package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Power cuts between any two I/O calls of the real log and recovery code, also during recovery: nothing that was acknowledged or
 * shown is lost, no stamp and no incarnation comes twice. The same check finds its victim when the fsync is removed or comes too late.
 */
class StorePowerCutTest {
    private static final int CUTS = 1_000;
    private static final int CUTS_UNTIL_A_LIE_SHOWS = 50;

    @Test
    void nothingAcknowledgedOrShownIsLostByAThousandPowerCuts() {
        int cuts = 0;
        int copied = 0;
        int tornTails = 0;
        long compacted = 0;
        for (int seed = 0; cuts < CUTS; seed++) {
            PowerCutRun run = new PowerCutRun(seed, new Durability.Fsync());
            assertThat(run.until(10)).as("seed %d", seed).isEmpty();
            cuts += run.cuts();
            copied += run.recoveriesThatCopied();
            tornTails += run.recoveriesThatCut();
            compacted += run.segmentsCompacted();
        }
        assertThat(copied)
                .as("recoveries that found records beyond the known durable LSN")
                .isGreaterThan(CUTS / 20);
        assertThat(compacted).as("segments that were compacted").isGreaterThan(CUTS / 20);
        assertThat(tornTails).as("recoveries that cut invalid bytes").isGreaterThan(CUTS / 20);
    }

    @Test
    void theLogWithoutItsFsyncIsCaughtWithinFiftyCuts() {
        assertThat(cutsUntilLoss(new Durability.Fsync(), true)).isLessThanOrEqualTo(CUTS_UNTIL_A_LIE_SHOWS);
    }

    @Test
    void anAcknowledgementBeforeTheFsyncIsCaughtWithinFiftyCuts() {
        assertThat(cutsUntilLoss(new Durability.Periodic(1_000), false)).isLessThanOrEqualTo(CUTS_UNTIL_A_LIE_SHOWS);
    }

    private static int cutsUntilLoss(Durability durability, boolean fsyncRemoved) {
        int cuts = 0;
        for (int seed : IntStream.range(0, CUTS_UNTIL_A_LIE_SHOWS).toArray()) {
            PowerCutRun run = new PowerCutRun(seed, durability);
            if (fsyncRemoved) {
                run.removeTheLogsFsync();
            }
            boolean lost = run.until(CUTS_UNTIL_A_LIE_SHOWS - cuts).isPresent();
            cuts += run.cuts();
            if (lost || cuts >= CUTS_UNTIL_A_LIE_SHOWS) {
                return lost ? cuts : Integer.MAX_VALUE;
            }
        }
        return Integer.MAX_VALUE;
    }
}
