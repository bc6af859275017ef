package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.history.Action;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A lost disk excuses that one thing only. */
class LoneHolderTest {
    private static final Outcome.Service SERVICE = new Outcome.Service("node-0", ConsistencyLevel.QUORUM, 2, 1);
    private static final List<LoneHolder.LostDisk> LOST = List.of(new LoneHolder.LostDisk("node-1", 50));

    private long ids;

    @Test
    void whatOneLostDiskMayHaveHeldAloneIsNotMissed() {
        assertThat(judged(unknown(), Set.of("node-0", "node-1"), LOST)).isFalse();
    }

    @Test
    void allElseIsMissed() {
        assertThat(judged(unknown(), Set.of("node-0", "node-1"), List.of()))
                .as("no disk was lost")
                .isTrue();
        assertThat(judged(unknown(), Set.of(), LOST)).as("two held it").isTrue();
        assertThat(judged(unknown(), Set.of("node-0", "node-2"), LOST))
                .as("another disk was lost")
                .isTrue();
        assertThat(judged(unknown(), Set.of("node-0", "node-1"), List.of(new LoneHolder.LostDisk("node-1", 5))))
                .as("the disk was lost before")
                .isTrue();
        assertThat(judged(applied(2), Set.of("node-0", "node-1"), LOST))
                .as("it was acknowledged")
                .isTrue();
    }

    /** An older value is read after a newer one. @return whether that is called wrong */
    private boolean judged(Outcome ofTheNewer, Set<String> oneOf, List<LoneHolder.LostDisk> lost) {
        SimOperation read = operation(Action.get(), found(2, "b"), 20, 30);
        read.oneOf = oneOf;
        return new Checks(
                        List.of(
                                operation(Action.put("a"), applied(1), 0, 5),
                                operation(Action.put("b"), ofTheNewer, 10, 40),
                                read,
                                operation(Action.get(), found(1, "a"), 60, 70)),
                        Set.of(),
                        lost,
                        0)
                .violation()
                .isPresent();
    }

    private static Outcome applied(long version) {
        return new Outcome.Applied(version, new byte[0], SERVICE);
    }

    private static Outcome unknown() {
        return new Outcome.Unknown(Reason.TIMEOUT, "no answer");
    }

    private static Outcome found(long version, String value) {
        Outcome.Version one = new Outcome.Version(version, value.getBytes(StandardCharsets.UTF_8), false);
        return new Outcome.Read(List.of(one), new byte[0], SERVICE);
    }

    private SimOperation operation(Action action, Outcome outcome, long invoked, long completed) {
        SimOperation.Request request =
                new SimOperation.Request("reg-0", action, ConsistencyLevel.QUORUM, new byte[0], 0);
        SimOperation operation = new SimOperation(++ids, "client-" + ids, request, invoked);
        operation.outcome = outcome;
        operation.completed = completed;
        return operation;
    }
}
