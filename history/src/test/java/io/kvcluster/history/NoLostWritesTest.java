package io.kvcluster.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoLostWritesTest {
    private static final History LATE_LOSS = History.of(
            new Operation(1, "a", "k", Action.put("1"), Outcome.applied(), 0, 10),
            new Operation(2, "a", "k", Action.put("2"), Outcome.applied(), 20, 30),
            new Operation(3, "b", "k", Action.get(), Outcome.found("1"), 40, 50),
            new Operation(4, "b", "k", Action.get(), Outcome.found("2"), 60, 70));

    @Test
    void judgesOnlyReadsFromTheGivenMoment() {
        assertThat(new NoLostWrites(40).check(LATE_LOSS)).isInstanceOf(Verdict.Violated.class);
        assertThat(new NoLostWrites(41).check(LATE_LOSS)).isEqualTo(new Verdict.Holds(4, 1));
    }

    @Test
    void anUnknownPutMayComeBackOverALaterOne() {
        History history = History.of(
                new Operation(1, "a", "k", Action.put("1"), Outcome.unknown("TIMEOUT"), 0, 10),
                new Operation(2, "a", "k", Action.put("2"), Outcome.applied(), 20, 30),
                new Operation(3, "b", "k", Action.get(), Outcome.found("1"), 40, 50));
        assertThat(new NoLostWrites(0).check(history).holds()).isTrue();
    }

    @Test
    void aDeleteInvokedAfterTheReadExplainsNothing() {
        History history = History.of(
                new Operation(1, "a", "k", Action.put("1"), Outcome.applied(), 0, 10),
                new Operation(2, "b", "k", Action.get(), Outcome.absent(), 20, 30),
                new Operation(3, "a", "k", Action.delete(), Outcome.applied(), 31, 40));
        assertThat(new NoLostWrites(0).check(history).holds()).isFalse();
    }
}
