package io.kvcluster.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** A chaos run's worth of operations is judged in seconds. */
class LinearizabilityScaleTest {
    private static final int KEYS = 50;

    @Test
    void judgesTwoHundredThousandOperationsOnFiftyHotKeysInSeconds() {
        History history = new History(traffic());
        assertThat(history.operations()).hasSize(200_000);
        Verdict verdict = Assertions.assertTimeout(Duration.ofSeconds(20), () -> new Linearizability().check(history));
        assertThat(verdict).isEqualTo(new Verdict.Holds(200_000, KEYS));
    }

    @Test
    void findsTheOneStaleReadAmongThem() {
        List<Operation> operations = traffic();
        int victim = lastReadOf("key7", operations);
        operations.set(victim, RegisterTraffic.withOutcome(operations.get(victim), firstPutOf("key7", operations)));
        Verdict verdict = Assertions.assertTimeout(
                Duration.ofSeconds(20), () -> new Linearizability().check(new History(operations)));
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Violated.class, violated -> {
            Violation violation = violated.violations().getFirst();
            assertThat(violated.violations()).hasSize(1);
            assertThat(violation.key()).isEqualTo("key7");
            assertThat(violation.operations()).contains(operations.get(victim)).hasSizeLessThan(10);
        });
    }

    @Test
    void findsAnAcknowledgedPutThatIsGoneAmongDeletesAndExplainsItWithAFewOperations() {
        List<Operation> operations = traffic();
        long end =
                operations.stream().mapToLong(Operation::completedNanos).max().orElseThrow();
        operations.removeIf(operation -> operation.key().equals("key3")
                && operation.outcome() instanceof Outcome.Unknown
                && operation.action() instanceof Action.Delete);
        operations.add(new Operation(900_001, "x", "key3", Action.put("last"), Outcome.applied(), end + 1, end + 2));
        operations.add(new Operation(900_002, "y", "key3", Action.get(), Outcome.absent(), end + 3, end + 4));
        Verdict verdict = Assertions.assertTimeout(
                Duration.ofSeconds(20), () -> new Linearizability().check(new History(operations)));
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Violated.class, violated -> {
            Violation violation = violated.violations().getFirst();
            assertThat(violation.anomaly()).isEqualTo(Anomaly.LOST_WRITE);
            assertThat(violation.operations()).hasSize(2);
        });
    }

    private static List<Operation> traffic() {
        RegisterTraffic traffic = new RegisterTraffic(new Random(20261121));
        List<Operation> operations = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            operations.addAll(traffic.onOneKey("key" + key, 10, 400, 0.01, 0.1));
        }
        return operations;
    }

    private static int lastReadOf(String key, List<Operation> operations) {
        for (int i = operations.size() - 1; i >= 0; i--) {
            if (operations.get(i).key().equals(key) && operations.get(i).isAnsweredRead()) {
                return i;
            }
        }
        throw new AssertionError("no read of " + key);
    }

    private static Outcome firstPutOf(String key, List<Operation> operations) {
        for (Operation operation : operations) {
            if (operation.key().equals(key)
                    && operation.isAcknowledgedWrite()
                    && operation.action() instanceof Action.Put(String value)) {
                return Outcome.found(value);
            }
        }
        throw new AssertionError("no put of " + key);
    }
}
