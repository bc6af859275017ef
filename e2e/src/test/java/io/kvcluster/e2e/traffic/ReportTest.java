package io.kvcluster.e2e.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.history.Action;
import io.kvcluster.history.History;
import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Fault KILL = new Fault("kill", 10 * SECOND - 5, 10 * SECOND);

    private final List<Operation> operations = new ArrayList<>();

    @Test
    void anOperationInFlightWhenTheFaultIsMadeIsExcusedAndOneThatBeginsAfterwardsIsNot() {
        put(9.9, 10.4, Outcome.unknown("lost"));
        put(10.1, 10.2, Outcome.notApplied("refused"));
        Report report = report();
        assertThat(report.failuresBegunBefore(KILL)).hasSize(1);
        assertThat(report.failuresBegunAfter(KILL))
                .extracting(Operation::outcome)
                .containsExactly(Outcome.notApplied("refused"));
    }

    @Test
    void theFirstSuccessCountsFromTheFaultAndOnlyIfItBeganAfterIt() {
        put(9.9, 10.1, Outcome.applied());
        put(10.2, 10.9, Outcome.applied());
        put(10.3, 10.7, Outcome.applied());
        assertThat(report().firstSuccessAfter(KILL)).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void withoutAnySuccessTheFirstOneIsFarAway() {
        put(10.2, 10.9, Outcome.notApplied("refused"));
        assertThat(report().firstSuccessAfter(KILL)).isGreaterThan(Duration.ofHours(1));
    }

    @Test
    void anUnknownIsExcusedForAWhileAfterAFaultAndNoLonger() {
        put(14.0, 14.9, Outcome.unknown("excused"));
        put(14.0, 15.1, Outcome.unknown("not excused"));
        assertThat(report().unknownOutside(List.of(KILL), Duration.ofSeconds(5)))
                .extracting(Operation::outcome)
                .containsExactly(Outcome.unknown("not excused"));
    }

    @Test
    void theRateCountsAcknowledgementsInSecondsThatNoFaultTouches() {
        for (int i = 0; i < 200; i++) {
            put(i / 10.0, i / 10.0 + 0.05, Outcome.applied());
        }
        put(19.95, 21, Outcome.notApplied("not counted"));
        assertThat(report().rateOutside(List.of(KILL), Duration.ZERO)).isBetween(9.0, 10.5);
        assertThat(report().rateOutside(List.of(new Fault("always", 0, 100 * SECOND)), Duration.ZERO))
                .isZero();
    }

    private void put(double from, double to, Outcome outcome) {
        int id = operations.size() + 1;
        operations.add(new Operation(
                id, "c" + id, "key", Action.put("v" + id), outcome, (long) (from * SECOND), (long) (to * SECOND)));
    }

    private Report report() {
        return new Report(new History(operations));
    }
}
