package io.kvcluster.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KnownHistoriesTest {
    private static final List<HistoryCheck> CHECKS = List.of(
            new Linearizability(), new NoInventedValues(), new NoLostWrites(Long.MIN_VALUE), new MonotonicReads());

    static Stream<KnownHistory> all() {
        return KnownHistory.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void exactlyTheNamedChecksReject(KnownHistory known) {
        Set<String> rejecting = CHECKS.stream()
                .filter(check -> check.check(known.history()) instanceof Verdict.Violated)
                .map(HistoryCheck::name)
                .collect(java.util.stream.Collectors.toSet());
        assertThat(rejecting).as(known.about()).isEqualTo(known.rejectedBy());
    }

    @ParameterizedTest
    @MethodSource("all")
    void theDefinitionOfLinearizabilityAgrees(KnownHistory known) {
        assertThat(NaiveRegister.isLinearizable(known.history().operations()))
                .as(known.about())
                .isEqualTo(!known.isBad());
    }

    @ParameterizedTest
    @MethodSource("all")
    void namesSayWhatTheyAre(KnownHistory known) {
        assertThat(known.name()).startsWith(known.isBad() ? "bad-" : "good-");
    }

    @Test
    void everyAnomalyIsReportedForSomeKnownHistory() {
        Set<Anomaly> reported = all().flatMap(known -> CHECKS.stream().map(check -> check.check(known.history())))
                .filter(Verdict.Violated.class::isInstance)
                .flatMap(verdict -> ((Verdict.Violated) verdict).violations().stream())
                .map(Violation::anomaly)
                .collect(java.util.stream.Collectors.toSet());
        assertThat(reported).containsExactlyInAnyOrder(Anomaly.values());
    }

    @Test
    void aCheckThatAcceptsEverythingMakesNoJudge() {
        HistoryCheck blind = named("linearizable", true);
        assertThatThrownBy(() -> new HistoryJudge(blind))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("accepts the known-bad history");
    }

    @Test
    void aCheckThatRejectsEverythingMakesNoJudge() {
        HistoryCheck paranoid = named("linearizable", false);
        assertThatThrownBy(() -> new HistoryJudge(paranoid))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rejects the known-good history");
    }

    @Test
    void aCheckThatNoBadHistoryTestsMakesNoJudge() {
        HistoryCheck untested = named("sounds good", true);
        assertThatThrownBy(() -> new HistoryJudge(untested))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tested by no known-bad history");
    }

    @Test
    void theShippedJudgesAreProven() {
        assertThat(HistoryJudge.linearizable().judge(History.of()).passed()).isTrue();
        assertThat(HistoryJudge.convergent(0).judge(History.of()).passed()).isTrue();
        assertThat(new HistoryJudge(new MonotonicReads()).judge(History.of()).passed())
                .isTrue();
    }

    private static HistoryCheck named(String name, boolean accepts) {
        return new HistoryCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Verdict check(History history) {
                return accepts
                        ? new Verdict.Holds(0, 0)
                        : new Verdict.Violated(List.of(Violation.of(
                                Anomaly.STALE_READ, "no", history.operations().getFirst())));
            }
        };
    }
}
