package io.kvcluster.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Members that are away for long, and disks that are lost: scripts. {@link MoveSimTest} draws them among all other faults. */
class HealingSimTest {
    private static final long LONG_MILLIS = 10_000;

    private static String storeOf(SimMachine machine) {
        return Objects.requireNonNull(machine.core()).store().identity().storeIdText();
    }

    @Test
    void whoReturnsAfterItWasGivenUpGivesAwayWhatItHoldsAndJoinsAnew() {
        MoveScript script = new MoveScript(5, 3, 2, 2, MoveFault.NONE);
        script.cluster.heals = true;
        SimMachine away = script.cluster.machines.getFirst();
        SimMachine other = script.cluster.machines.getLast();
        String store = storeOf(away);
        int partition = script.ring().partitionsOf(store).iterator().next();
        Key key = script.keyOf(partition);
        assertThat(script.putThatReachesOnly(away, key, "kept", ConsistencyLevel.LOCAL))
                .isInstanceOf(Outcome.Applied.class);

        script.await(
                "the ring goes on without it", () -> script.ring().member(store).isEmpty());
        away.boot();
        script.await(
                "it knows",
                () -> away.ring() != null && away.ring().member(store).isEmpty());
        script.cut(away, script.othersThan(away));
        script.operator.want(5, 3, 2, 3);
        script.await(
                "every partition has changed since", () -> script.operator.settled() && usesAll(script.ring(), 2, 3));
        script.heal();

        script.await("it is a member again", () -> script.ring().member(store).isPresent());
        script.awaitSettled();
        assertThat(script.ring().partitionsOf(store)).isNotEmpty();
        assertThat(script.get(other, key, ConsistencyLevel.ALL)).containsExactly("kept");
    }

    private static boolean usesAll(Ring ring, int read, int write) {
        for (int p = 0; p < ring.partitions(); p++) {
            if (ring.moves(p) || ring.read(p) != read || ring.write(p) != write) {
                return false;
            }
        }
        return true;
    }

    @Test
    void whoReturnsBeforeEverythingHasMovedStays() {
        MoveScript script = new MoveScript(4, 3, 2, 2, MoveFault.NONE);
        script.cluster.heals = true;
        SimMachine away = script.cluster.machines.getFirst();
        String store = storeOf(away);
        away.goAway();
        script.await("it is given up", () -> state(script, store) == MemberState.REPLACED);
        away.comeBack();

        script.await("it is a member as before", () -> state(script, store) == MemberState.NORMAL);
        script.awaitSettled();
        assertThat(script.ring().members())
                .extracting(Member::getState)
                .containsOnly(MemberState.NORMAL)
                .hasSize(4);
    }

    private static MemberState state(MoveScript script, String store) {
        return script.ring().member(store).map(Member::getState).orElse(MemberState.UNRECOGNIZED);
    }

    /** It may still answer somebody under an older ring: where a quorum needs all replicas, only its disk's end is proof that it does not. */
    @Test
    void whereAQuorumNeedsAllNobodyIsReplacedWhoIsOnlySilent() {
        MoveScript script = new MoveScript(5, 3, 1, 3, MoveFault.NONE);
        script.cluster.heals = true;
        SimMachine away = script.cluster.machines.getFirst();
        String store = storeOf(away);
        away.goAway();
        script.await("it is given up", () -> state(script, store) == MemberState.REPLACED);
        script.cluster.world.runForMillis(LONG_MILLIS);
        assertThat(script.ring().partitionsOf(store)).isNotEmpty();

        away.loseDisk();
        away.comeBack();
        script.awaitSettled();
        assertThat(script.ring().member(store)).isEmpty();
    }

    /** A bad storage class gives every pod a new store at once: there is nobody to copy from, and a human has to look. */
    @Test
    void nobodyIsGivenUpWhenEveryDiskIsNew() {
        MoveScript script = new MoveScript(4, 3, 2, 2, MoveFault.NONE);
        script.cluster.heals = true;
        long epoch = script.ring().epoch();
        script.cluster.machines.forEach(SimMachine::loseDisk);
        script.cluster.machines.forEach(SimMachine::boot);
        script.cluster.world.runForMillis(LONG_MILLIS);

        assertThat(script.ring().epoch()).isEqualTo(epoch);
    }

    /** Nor when all were off for long. */
    @Test
    void nobodyIsGivenUpWhenMostAreSilent() {
        MoveScript script = new MoveScript(4, 3, 2, 2, MoveFault.NONE);
        script.cluster.heals = true;
        long epoch = script.ring().epoch();
        List<SimMachine> off = script.cluster.machines.subList(0, 2);
        off.forEach(SimMachine::goAway);
        script.cluster.world.runForMillis(LONG_MILLIS);
        assertThat(script.ring().epoch()).isEqualTo(epoch);

        off.forEach(SimMachine::comeBack);
        script.awaitSettled();
    }

    /** The copies on its way to it are lost with the disk: what it had promised for them must not count. */
    @Test
    void aDiskThatIsLostTwiceIsReplacedTwice() {
        MoveScript script = new MoveScript(4, 3, 2, 2, MoveFault.NONE);
        SimMachine machine = script.cluster.machines.getFirst();
        SimMachine other = script.cluster.machines.getLast();
        String first = storeOf(machine);
        Key key = script.keyOf(script.ring().partitionsOf(first).iterator().next());
        assertThat(script.put(other, key, "kept", ConsistencyLevel.QUORUM)).isInstanceOf(Outcome.Applied.class);
        machine.loseDisk();
        machine.boot();
        script.await("a partition is copied to its new store", () -> machine.core() != null && moves(script, machine));
        String second = storeOf(machine);
        machine.loseDisk();
        machine.boot();

        script.await(
                "its third store is in the place of the first",
                () -> machine.core() != null && state(script, storeOf(machine)) == MemberState.NORMAL);
        script.awaitSettled();
        assertThat(script.ring().member(first)).isEmpty();
        assertThat(script.ring().member(second)).isEmpty();
        assertThat(script.ring().members()).hasSize(4);
        assertThat(script.get(other, key, ConsistencyLevel.ALL)).containsExactly("kept");
    }

    private static boolean moves(MoveScript script, SimMachine joins) {
        Ring ring = script.ring();
        for (int p = 0; p < ring.partitions(); p++) {
            if (ring.moves(p) && ring.isTarget(p, storeOf(joins))) {
                return true;
            }
        }
        return false;
    }
}
