package io.kvcluster.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.client.Level;
import io.kvcluster.e2e.chaos.Problem.Promise;
import io.kvcluster.e2e.chaos.Replicas.Copy;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.history.Action;
import io.kvcluster.history.History;
import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that kept every promise, and the same run doctored: the judge must see each doctoring, and nothing else. */
class JudgeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int SECONDS = 120;
    private static final int PER_SECOND = 10;
    private static final List<String> REPLICAS = List.of("kv-0", "kv-1", "kv-2");

    private final List<Operation> quorum = new ArrayList<>();
    private final List<Operation> eventual = new ArrayList<>();
    private final Map<String, Acknowledged> newestQuorum = new HashMap<>();
    private final Map<String, Acknowledged> newestEventual = new HashMap<>();
    private final Map<String, List<Copy>> copies = new HashMap<>();
    private final List<Injected> faults = new ArrayList<>();
    private Digests.Comparison digests = new Digests.Comparison(64, Set.of(), 0, 0);
    private Duration length = Duration.ofSeconds(SECONDS);
    private List<String> flaws = List.of();
    private List<Problem> stuck = List.of();
    private double leastRate = PER_SECOND;
    private long version;

    JudgeTest() {
        for (int i = 0; i < SECONDS * PER_SECOND; i++) {
            List<Operation> history = i % 2 == 0 ? quorum : eventual;
            Map<String, Acknowledged> newest = i % 2 == 0 ? newestQuorum : newestEventual;
            String key = (i % 2 == 0 ? "q" : "e") + i % 120;
            boolean delete = i % 7 == 0;
            String value = delete ? "" : "v" + i;
            put(history, key, value, i, Outcome.applied());
            newest.put(key, new Acknowledged(++version, value));
            copies.put(
                    key,
                    REPLICAS.stream()
                            .map(replica -> new Copy(replica, value, delete ? 0 : version, ""))
                            .toList());
        }
        for (FaultKind kind : FaultKind.values()) {
            make(kind);
        }
    }

    /** Each five seconds after the one before. */
    private void make(FaultKind kind) {
        long from = (5 + 5L * (faults.size() % FaultKind.values().length)) * SECOND;
        faults.add(new Injected(
                kind,
                "kv-0",
                Set.of(),
                new Fault("fault", from, from + 2 * SECOND),
                new Injected.Recovery(Optional.of(Duration.ofMillis(700)), Optional.of(Duration.ofMillis(1_500)))));
    }

    private void put(List<Operation> history, String key, String value, int number, Outcome outcome) {
        long at = number * SECOND / PER_SECOND;
        history.add(new Operation(
                history.size() + 1,
                "c" + number % 13,
                key,
                value.isEmpty() ? Action.delete() : Action.put(value),
                outcome,
                at,
                at + SECOND / 100));
    }

    private ChaosRun run() {
        return new ChaosRun(
                length,
                List.of(FaultKind.values()),
                faults,
                List.of(
                        new Population("hot", Level.QUORUM, new History(quorum), newestQuorum),
                        new Population("weak", Level.EVENTUAL, new History(eventual), newestEventual)),
                copies,
                Duration.ofSeconds(1),
                digests,
                flaws,
                stuck);
    }

    private List<Problem> problems() {
        return new Judge(leastRate).problems(run());
    }

    private void assertBroken(Promise... promises) {
        assertThat(problems()).extracting(Problem::promise).containsOnly(promises);
    }

    /** A key whose last acknowledged write is a put, or a delete. */
    private static String keyThatEnds(Map<String, Acknowledged> newest, boolean deleted) {
        return newest.entrySet().stream()
                .filter(entry -> entry.getValue().isDelete() == deleted)
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst()
                .orElseThrow();
    }

    private void everywhere(String key, String value, long valueVersion) {
        copies.put(
                key,
                REPLICAS.stream()
                        .map(replica -> new Copy(replica, value, valueVersion, ""))
                        .toList());
    }

    @Test
    void aRunThatKeptEveryPromiseIsFoundGood() {
        assertThat(problems()).isEmpty();
    }

    @Test
    void anAcknowledgedPutThatNoDiskHasIsSeenAtEveryLevel() {
        everywhere(keyThatEnds(newestQuorum, false), "", 0);
        assertBroken(Promise.NOTHING_LOST);
        everywhere(keyThatEnds(newestEventual, false), "", 0);
        assertThat(problems())
                .filteredOn(problem -> problem.promise() == Promise.NOTHING_LOST)
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void anOlderValueInPlaceOfTheNewestAcknowledgedOneIsSeen() {
        String key = keyThatEnds(newestEventual, false);
        String older = eventual.stream()
                .filter(operation -> operation.key().equals(key) && operation.action() instanceof Action.Put)
                .map(operation -> ((Action.Put) operation.action()).value())
                .findFirst()
                .orElseThrow();
        everywhere(key, older, 1);
        assertBroken(Promise.NOTHING_LOST);
    }

    @Test
    void aDeletedKeyThatComesBackIsSeenAtEveryLevel() {
        String weak = keyThatEnds(newestEventual, true);
        String value = eventual.stream()
                .filter(operation -> operation.key().equals(weak) && operation.action() instanceof Action.Put)
                .map(operation -> ((Action.Put) operation.action()).value())
                .findFirst()
                .orElseThrow();
        everywhere(weak, value, 1);
        assertBroken(Promise.NOTHING_RESURRECTED);
    }

    @Test
    void aDeletedRegisterThatComesBackHasNoOrder() {
        String key = keyThatEnds(newestQuorum, true);
        String value = quorum.stream()
                .filter(operation -> operation.key().equals(key) && operation.action() instanceof Action.Put)
                .map(operation -> ((Action.Put) operation.action()).value())
                .findFirst()
                .orElseThrow();
        everywhere(key, value, Long.MAX_VALUE);
        assertThat(problems()).isNotEmpty();
    }

    @Test
    void aValueThatNobodyPutIsSeenAtEveryLevel() {
        everywhere(keyThatEnds(newestEventual, false), "from nowhere", Long.MAX_VALUE);
        assertBroken(Promise.NOTHING_INVENTED);
        everywhere(keyThatEnds(newestQuorum, false), "from nowhere", Long.MAX_VALUE);
        assertThat(problems()).extracting(Problem::promise).contains(Promise.NOTHING_INVENTED);
    }

    @Test
    void oneReplicaThatDiffersOrDoesNotAnswerIsSeen() {
        String key = keyThatEnds(newestEventual, false);
        List<Copy> changed = new ArrayList<>(copies.get(key));
        changed.set(1, new Copy("kv-1", "", 0, "NODE_UNREACHABLE: gone"));
        copies.put(key, changed);
        assertThat(problems()).extracting(Problem::promise).contains(Promise.REPLICAS_EQUAL);
        changed.set(1, new Copy("kv-1", changed.getFirst().value(), Long.MAX_VALUE, ""));
        copies.put(key, changed);
        assertBroken(Promise.REPLICAS_EQUAL);
    }

    @Test
    void whatOneReplicaMissesIsNotLostYetButTheReplicasAreNotEqual() {
        String key = keyThatEnds(newestQuorum, false);
        List<Copy> changed = new ArrayList<>(copies.get(key));
        changed.set(2, new Copy("kv-2", "", 0, ""));
        copies.put(key, changed);
        assertBroken(Promise.REPLICAS_EQUAL);
    }

    @Test
    void aKeyThatWasNeverReadInTheEndIsNoProofThatItIsThere() {
        copies.remove(keyThatEnds(newestQuorum, false));
        assertBroken(Promise.NOTHING_LOST);
    }

    @Test
    void anUnknownDeleteExcusesThatAKeyIsGoneAndAnUnknownPutThatItHasANewerValue() {
        String key = keyThatEnds(newestEventual, false);
        put(eventual, key, "", 61, Outcome.unknown("timeout"));
        everywhere(key, "", 0);
        String other = keyThatEnds(newestEventual, true);
        put(eventual, other, "late", 62, Outcome.unknown("timeout"));
        everywhere(other, "late", Long.MAX_VALUE);
        assertThat(problems()).isEmpty();
    }

    @Test
    void replicasWhoseDigestsDifferAreNotEqualEvenWhenEveryKeyOfTheClientsIs() {
        digests = new Digests.Comparison(64, Set.of(7), 0, 0);
        assertBroken(Promise.REPLICAS_EQUAL);
        digests = new Digests.Comparison(64, Set.of(), 1, 0);
        assertBroken(Promise.REPLICAS_EQUAL);
        digests = new Digests.Comparison(64, Set.of(), 0, 2);
        assertBroken(Promise.REPLICAS_EQUAL);
        digests = new Digests.Comparison(0, Set.of(), 0, 0);
        assertBroken(Promise.REPLICAS_EQUAL);
    }

    @Test
    void anUnknownOutcomeFarFromAnyFaultIsSeen() {
        put(quorum, "q-unknown", "v", 1_150, Outcome.unknown("timeout"));
        copies.put("q-unknown", List.of(new Copy("kv-0", "", 0, "")));
        assertBroken(Promise.UNKNOWN_RARE);
    }

    @Test
    void manyUnknownOutcomesAreSeenEvenNearFaults() {
        for (int i = 0; i < 20; i++) {
            put(quorum, "q-unknown-" + i, "v" + i, 60, Outcome.unknown("timeout"));
        }
        assertBroken(Promise.UNKNOWN_RARE);
    }

    @Test
    void anUnknownOutcomeIsNotExcusedByWhatIsDoneInOrder() {
        Injected restart = faults.stream()
                .filter(fault -> fault.kind() == FaultKind.ROLLING_RESTART)
                .findFirst()
                .orElseThrow();
        faults.removeIf(fault -> fault.kind().isAbrupt());
        int at = (int) (restart.fault().fromNanos() / SECOND) * PER_SECOND;
        put(quorum, "q-unknown", "v", at, Outcome.unknown("timeout"));
        copies.put("q-unknown", List.of(new Copy("kv-0", "", 0, "")));
        assertBroken(Promise.UNKNOWN_RARE);
    }

    @Test
    void aLongRunThatMakesAKindLessThanFiveTimesProvesTooLittle() {
        length = Judge.LONG;
        for (int i = 1; i < Judge.OFTEN; i++) {
            List.of(FaultKind.values()).forEach(this::make);
        }
        assertThat(problems()).isEmpty();
        faults.remove(faults.stream()
                .filter(fault -> fault.kind() == FaultKind.SCALE_UP)
                .findFirst()
                .orElseThrow());
        assertThat(problems())
                .extracting(Problem::toString)
                .containsExactly("FAULTS_OFTEN: 3 to 6 members was made 4 times, not 5");
    }

    @Test
    void aRunWithTooLittleLoadOrTooFewClientsProvesTooLittle() {
        leastRate = PER_SECOND * 1.5;
        assertBroken(Promise.LOAD_ENOUGH);
        leastRate = PER_SECOND;
        quorum.replaceAll(operation -> new Operation(
                operation.id(),
                "c" + operation.id() % 9,
                operation.key(),
                operation.action(),
                operation.outcome(),
                operation.invokedNanos(),
                operation.completedNanos()));
        assertBroken(Promise.CLIENTS_ENOUGH);
    }

    @Test
    void aStaleReadIsToldFromOtherDisorder() {
        String key = keyThatEnds(newestQuorum, false);
        String older = quorum.stream()
                .filter(operation -> operation.key().equals(key) && operation.action() instanceof Action.Put)
                .map(operation -> ((Action.Put) operation.action()).value())
                .findFirst()
                .orElseThrow();
        long at = SECONDS * SECOND + SECOND;
        quorum.add(
                new Operation(quorum.size() + 1, "c1", key, Action.get(), Outcome.found(older), at, at + SECOND / 100));
        assertThat(problems()).extracting(Problem::promise).contains(Promise.NOTHING_STALE);
    }

    @Test
    void aRingThatIsNotWholeInTheEndAndWhatNeverCameBackAreSeen() {
        flaws = List.of("partition 3 moves");
        assertBroken(Promise.RING_WHOLE);
        stuck = List.of(new Problem(Promise.RECOVERED, "not within 480 s: 3 to 6 members is done"));
        assertBroken(Promise.RING_WHOLE, Promise.RECOVERED);
    }

    @Test
    void theReportSaysWhatBrokeAndShowsEveryFault(@TempDir Path folder) throws IOException {
        everywhere(keyThatEnds(newestEventual, false), "", 0);
        ChaosRun run = run();
        ChaosReport report =
                new ChaosReport(run, FaultFigures.of(run), new Judge(leastRate).problems(run), "test", "make chaos");
        Path page = report.write(folder);
        assertThat(Files.readString(page))
                .contains("| no acknowledged write is lost | 1 |")
                .contains("| no deleted key comes back | 0 |")
                .contains("| one-way partition | 1 | 0 | 0 | 2.00, 2.00 | ")
                .contains("(1 never) | 0.70, 0.70 | 1.50, 1.50 |")
                .contains("Made less than 5 times: kill -9 1, ")
                .contains("chaos-test.svg");
        assertThat(Files.readString(folder.resolve("chaos-test.svg")))
                .contains("<svg")
                .contains("class=\"rate\"", "class=\"p99\"", "class=\"nodes\"", "class=\"changes\"")
                .contains(">kill -9</text>", ">operator killed</text>");
        assertThat(report.lastWords(page, folder))
                .contains("BROKEN  no acknowledged write is lost")
                .contains("shown   all replicas are equal");
    }

    @Test
    void eachTargetKeepsItsSectionOfThePage(@TempDir Path folder) throws IOException {
        ChaosPage page = new ChaosPage(folder);
        page.write("one", "alpha\n");
        page.write("two", "beta\n");
        page.write("one", "gamma\n");
        assertThat(Files.readString(folder.resolve("chaos.md")))
                .startsWith("# Chaos on real processes")
                .doesNotContain("alpha")
                .containsSubsequence("<!-- one -->", "gamma", "<!-- two -->", "beta", "<!-- end of two -->");
    }

    @Test
    void whatFailsNearABrokenNodeIsCountedThereAndNotForAChangeBesideIt() {
        Injected kill = faults.getFirst();
        faults.clear();
        faults.add(kill);
        faults.add(new Injected(
                FaultKind.SCALE_UP, "3 to 6", Set.of(), new Fault("change", 0, 60 * SECOND), Injected.Recovery.NONE));
        put(quorum, "q-near", "v", (int) (kill.fault().fromNanos() / SECOND) * PER_SECOND, Outcome.unknown("reset"));
        put(quorum, "q-far", "v", 40 * PER_SECOND, Outcome.notApplied("OVERLOADED"));
        assertThat(FaultFigures.of(run()))
                .extracting(FaultFigures::failed, FaultFigures::unknown)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, 1L), org.assertj.core.groups.Tuple.tuple(1L, 0L));
    }

    @Test
    void aPlotOfHoursIsNoBiggerThanOneOfMinutes(@TempDir Path folder) throws IOException {
        for (int i = 0; i < 7_200; i++) {
            put(quorum, "q" + i % 50, "late" + i, SECONDS * PER_SECOND + i * PER_SECOND, Outcome.applied());
        }
        Path plot = folder.resolve("plot.svg");
        TimelinePlot.write(Timeline.of(run()), faults, plot);
        assertThat(Files.size(plot)).isLessThan(50_000);
    }
}
