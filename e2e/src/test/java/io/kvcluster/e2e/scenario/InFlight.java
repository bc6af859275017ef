package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.e2e.traffic.Report;

/** What a fault may cost: the operations that were under way when it was made. */
final class InFlight {
    /** One for each client of {@link io.kvcluster.e2e.traffic.Plan#steady}. */
    private static final int MOST = 6;

    private InFlight() {}

    static void assertNothingElseFailed(Report report, Fault fault) {
        assertThat(report.failuresBegunBefore(fault)).hasSizeLessThanOrEqualTo(MOST);
        assertThat(report.failuresBegunAfter(fault)).isEmpty();
    }
}
