package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.proto.ring.MemberState;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules of a move whose absence takes a moment that chance does not give: scripts in which it breaks a promise, and the rule keeps it. */
class MoveRulesTest {
    private static final long A_WHILE_MILLIS = 3_000;

    // --- both sets are written until nobody reads the old one

    /** @param read where the old replicas are still read, after the write ended */
    private record Split(MoveScript script, SimMachine writer, Key key, Outcome written, List<String> read) {}

    @Test
    void whileSomeReadTheOldReplicasNoWriteIsAcknowledgedWithoutThem() {
        Split split = splitBetweenOldAndNew(MoveFault.NONE);

        assertThat(split.written).isNotInstanceOf(Outcome.Applied.class);
        split.script.heal();
        split.script.awaitSettled();
        assertThat(split.script.put(split.writer, split.key, "later", ConsistencyLevel.ALL))
                .isInstanceOf(Outcome.Applied.class);
        assertThat(split.script.get(split.writer, split.key, ConsistencyLevel.ALL))
                .containsExactly("later");
    }

    @ParameterizedTest
    @EnumSource(names = {"END_WRITE_BOTH_EARLY", "SKIP_BARRIER"})
    void leftTooEarlyTheyAreReadAndLackWhatWasAcknowledged(MoveFault fault) {
        Split split = splitBetweenOldAndNew(fault);

        assertThat(split.written).isInstanceOf(Outcome.Applied.class);
        assertThat(split.read).isEmpty();
    }

    /**
     * Two of the three old replicas, the leaving one among them, hear neither the operator nor the others from then on when every copy
     * is complete; the third and the new one are a majority of the new set.
     */
    private static Split splitBetweenOldAndNew(MoveFault fault) {
        MoveScript script = new MoveScript(4, 3, fault);
        script.operator.want(5, 3);
        MoveScript.Held move = script.heldWithAllCopied();
        List<SimMachine> stay = move.stay();

        List<SimMachine> parted = List.of(move.leaves(), stay.getFirst());
        List<SimMachine> others = script.cluster.machines.stream()
                .filter(machine -> !parted.contains(machine))
                .toList();
        parted.forEach(machine -> {
            script.cut(machine, others);
            script.operator.reaches(machine, false);
        });
        script.operator.hold(false);
        script.cluster.world.runForMillis(A_WHILE_MILLIS);

        SimMachine writer = stay.getLast();
        Outcome written = script.put(writer, move.key(), "new", ConsistencyLevel.QUORUM);
        List<String> read = script.get(move.leaves(), move.key(), ConsistencyLevel.QUORUM);
        parted.forEach(machine -> script.operator.reaches(machine, true));
        return new Split(script, writer, move.key(), written, read);
    }

    // --- a joining store counts when its copy is proven

    @Test
    void aStoreThatCouldNotCopyIsNotRead() {
        assertThat(readOfAStoreThatCouldNotCopy(MoveFault.NONE)).containsExactly("kept");
    }

    @Test
    void countedBeforeItCopiedItLacksWhatWasAcknowledged() {
        assertThat(readOfAStoreThatCouldNotCopy(MoveFault.COUNT_A_JOINING_STORE))
                .isEmpty();
    }

    /** It hears the operator and no other store; if its partition has not moved after a while, it hears them again. */
    private static List<String> readOfAStoreThatCouldNotCopy(MoveFault fault) {
        MoveScript script = new MoveScript(3, 2, fault);
        SimMachine any = script.cluster.machines.getFirst();
        List<Key> keys = IntStream.range(0, SimCluster.PARTITIONS)
                .mapToObj(script::keyOf)
                .toList();
        keys.forEach(key ->
                assertThat(script.put(any, key, "kept", ConsistencyLevel.ALL)).isInstanceOf(Outcome.Applied.class));
        script.operator.want(4, 2);
        script.await("the new machine is there", () -> script.cluster.machines.size() == 4);
        SimMachine joins = script.cluster.machines.getLast();
        script.cut(joins, script.othersThan(joins));
        int partition = script.heldInCopy();
        assertThat(script.machines(script.ring().target(partition))).contains(joins);

        script.operator.hold(false);
        script.cluster.world.runForMillis(A_WHILE_MILLIS);
        if (script.ring().moves(partition)) {
            script.heal();
            script.awaitSettled();
        }
        return script.get(joins, keys.get(partition), ConsistencyLevel.EVENTUAL);
    }

    // --- a member goes when it proved itself that it holds nothing

    @Test
    void whatOnlyALeavingMemberHoldsIsGivenAwayBeforeItGoes() {
        assertThat(readAfterTheLeavingMemberWent(MoveFault.NONE)).containsExactly("kept");
    }

    @ParameterizedTest
    @EnumSource(names = {"DRAIN_BY_NAME", "UNKNOWN_IS_DRAINED"})
    void takenForDrainedItTakesThatWithIt(MoveFault fault) {
        assertThat(readAfterTheLeavingMemberWent(fault)).isEmpty();
    }

    /** The member owned nothing once, under its name, and is not heard for a while as it begins to leave. */
    private static List<String> readAfterTheLeavingMemberWent(MoveFault fault) {
        MoveScript script = new MoveScript(4, 2, fault);
        SimMachine leaves = script.cluster.machines.getLast();
        String storeId =
                Objects.requireNonNull(leaves.core()).store().identity().storeIdText();
        int partition = script.ring().partitionsOf(storeId).iterator().next();
        Key key = script.keyOf(partition);
        assertThat(script.putThatReachesOnly(leaves, key, "kept", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);
        script.cut(leaves, script.othersThan(leaves));
        leaves.boot();
        script.await("it is back", () -> script.ring().equals(leaves.ring()));

        script.operator.want(3, 2);
        script.await(
                "it begins to leave",
                () -> script.ring().member(storeId).orElseThrow().getState() == MemberState.LEAVING);
        script.operator.reaches(leaves, false);
        script.cluster.world.runForMillis(A_WHILE_MILLIS);
        script.heal();
        script.operator.reaches(leaves, true);
        script.await("it went", () -> leaves.gone);
        if (fault == MoveFault.NONE) {
            script.awaitSettled();
        }
        return script.get(script.cluster.machines.getFirst(), key, ConsistencyLevel.EVENTUAL);
    }
}
