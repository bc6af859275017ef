package io.kvcluster.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

class LinearizabilityPropertyTest {
    private final Linearizability linearizability = new Linearizability();

    @Property(tries = 4000)
    void agreesWithTheDefinitionOnRandomOperations(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int size) {
        agree(randomOperations(new Random(seed), size));
    }

    @Property(tries = 4000)
    void agreesWithTheDefinitionOnAtomicTrafficWithOneWrongAnswer(@ForAll long seed) {
        Random random = new Random(seed);
        List<Operation> operations = new RegisterTraffic(random).onOneKey("k", 3, 1 + random.nextInt(4), 0.2, 0.3);
        agree(withOneAnswerChanged(operations, random));
    }

    @Property(tries = 500)
    void acceptsAtomicTraffic(@ForAll long seed) {
        Random random = new Random(seed);
        List<Operation> operations = new RegisterTraffic(random).onOneKey("k", 8, 40, 0.05, 0.2);
        assertThat(linearizability.check(new History(operations))).isInstanceOf(Verdict.Holds.class);
    }

    @Property(tries = 1000)
    void explanationsAreThemselvesNotLinearizableAndSmall(@ForAll long seed) {
        Random random = new Random(seed);
        List<Operation> operations = withOneAnswerChanged(
                new RegisterTraffic(random).onOneKey("k", 3, 1 + random.nextInt(4), 0.2, 0.3), random);
        if (linearizability.check(new History(operations)) instanceof Verdict.Violated(List<Violation> violations)) {
            Violation violation = violations.getFirst();
            Statistics.label("anomaly").collect(violation.anomaly());
            if (violation.anomaly() != Anomaly.VALUE_FROM_NOWHERE) {
                assertThat(NaiveRegister.isLinearizable(violation.operations()))
                        .as(violation.toString())
                        .isFalse();
            }
        }
    }

    private void agree(List<Operation> operations) {
        boolean expected = NaiveRegister.isLinearizable(operations);
        Statistics.label("linearizable").collect(expected);
        assertThat(linearizability.check(new History(operations)).holds())
                .as(operations.toString())
                .isEqualTo(expected);
    }

    private static List<Operation> randomOperations(Random random, int size) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            long from = random.nextInt(30);
            long to = from + random.nextInt(15);
            int kind = random.nextInt(10);
            Action action = kind < 4 ? Action.get() : kind < 8 ? Action.put("v" + i) : Action.delete();
            operations.add(new Operation(i, "c" + i, "k", action, randomOutcome(action, random, size), from, to));
        }
        return operations;
    }

    private static Outcome randomOutcome(Action action, Random random, int size) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return Outcome.notApplied("OVERLOADED");
        }
        if (kind <= 2) {
            return Outcome.unknown("TIMEOUT");
        }
        if (action instanceof Action.Get) {
            return random.nextInt(4) == 0 ? Outcome.absent() : Outcome.found("v" + (1 + random.nextInt(size)));
        }
        return Outcome.applied();
    }

    private static List<Operation> withOneAnswerChanged(List<Operation> operations, Random random) {
        List<Operation> changed = new ArrayList<>(operations);
        List<Integer> reads = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).isAnsweredRead()) {
                reads.add(i);
            }
            if (operations.get(i).action() instanceof Action.Put(String value)) {
                values.add(value);
            }
        }
        if (reads.isEmpty() || values.isEmpty()) {
            return changed;
        }
        int victim = reads.get(random.nextInt(reads.size()));
        Outcome outcome =
                random.nextInt(3) == 0 ? Outcome.absent() : Outcome.found(values.get(random.nextInt(values.size())));
        changed.set(victim, RegisterTraffic.withOutcome(operations.get(victim), outcome));
        return changed;
    }
}
