package io.kvcluster.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    @Test
    void aValuePutTwiceUnderOneKeyIsRefused() {
        Operation first = new Operation(1, "a", "k", Action.put("1"), Outcome.applied(), 0, 1);
        Operation second = new Operation(2, "a", "k", Action.put("1"), Outcome.applied(), 2, 3);
        assertThatThrownBy(() -> History.of(first, second)).hasMessageContaining("values must be unique per key");
    }

    @Test
    void twoRecordersWithTheSameIdsAreRefused() {
        History one = History.of(new Operation(1, "a", "k", Action.get(), Outcome.absent(), 0, 1));
        assertThatThrownBy(() -> one.plus(one)).hasMessageContaining("id 1 occurs twice");
    }

    @Test
    void aReadCannotBeApplied() {
        assertThatThrownBy(() -> new Operation(1, "a", "k", Action.get(), Outcome.applied(), 0, 1))
                .hasMessageContaining("impossible");
    }

    @Test
    void anOperationDoesNotEndBeforeItBegins() {
        assertThatThrownBy(() -> new Operation(1, "a", "k", Action.get(), Outcome.absent(), 5, 4))
                .hasMessageContaining("before it was invoked");
    }

    @Test
    void aSecondCompletionIsRefused() {
        assertThatThrownBy(() -> History.ofEvents(List.of(
                        new HistoryEvent.Invoked(1, 0, "a", "k", Action.get()),
                        new HistoryEvent.Completed(1, 1, Outcome.absent()),
                        new HistoryEvent.Completed(1, 2, Outcome.absent()))))
                .hasMessageContaining("not open");
    }

    @Test
    void aViolationReadsAsASentenceAndALinePerOperationInTimeOrder() {
        History history = History.of(
                new Operation(1, "a", "k", Action.put("1"), Outcome.applied(), 5_000_000, 6_000_000),
                new Operation(2, "a", "k", Action.put("2"), Outcome.applied(), 7_000_000, 8_000_000),
                new Operation(3, "b", "k", Action.get(), Outcome.found("1"), 9_000_000, 9_500_000));
        Verdict verdict = new Linearizability().check(history);
        assertThat(verdict.toString()).isEqualTo("""
                        1 violation(s)
                        key k: stale read: read returned 1 although the newer 2 was acknowledged before the read began
                                   0.000 ..        1.000 ms  a        #1      put 1 -> applied
                                   2.000 ..        3.000 ms  a        #2      put 2 -> applied
                                   4.000 ..        4.500 ms  b        #3      get -> found 1""");
    }

    @Test
    void aSearchThatMeetsItsLimitIsUndecidedAndNoPass() {
        History history = History.of(
                new Operation(1, "a", "k", Action.put("1"), Outcome.applied(), 0, 10),
                new Operation(2, "b", "k", Action.delete(), Outcome.applied(), 0, 10),
                new Operation(3, "c", "k", Action.put("2"), Outcome.applied(), 0, 10),
                new Operation(4, "c", "k", Action.get(), Outcome.absent(), 11, 12));
        Verdict verdict = new Linearizability(1).check(history);
        assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
        assertThat(verdict.holds()).isFalse();
        assertThat(new Linearizability().check(history).holds()).isTrue();
    }
}
