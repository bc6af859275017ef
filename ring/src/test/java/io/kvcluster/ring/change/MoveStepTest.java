package io.kvcluster.ring.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.Rings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Partition 0 moves from A B C to A B D, step by step; what each step waits for, and what does not count. */
class MoveStepTest {
    private static final long COPY_EPOCH = 2;
    private static final int A = 0;
    private static final int B = 1;
    private static final int C = 2;
    private static final int D = 3;

    // --- COPY

    @Test
    void theNewSetIsReadWhenTheStoreThatJoinsHasProvedItsCopy() {
        assertThat(next(copy(), proof(D, COPY_EPOCH, true, A, B, C))).isEqualTo("READ_NEW");
    }

    @Test
    void aStoreThatJoinsNeverCountsBeforeItsProof() {
        assertThat(next(copy())).isEqualTo("demo-3 has told nothing of its copy yet");
        assertThat(next(copy(), proof(D, COPY_EPOCH, false, A, B, C)))
                .isEqualTo("demo-3 has not completed its copy yet");
        assertThat(next(copy(), proof(A, COPY_EPOCH, true, B, C))).isEqualTo("demo-3 has told nothing of its copy yet");
    }

    @Test
    void theProofOfAnotherMoveDoesNotCount() {
        assertThat(next(copy(), proof(D, COPY_EPOCH - 1, true, A, B, C)))
                .isEqualTo("demo-3 has told nothing of its copy yet");
    }

    @Test
    void theProofOfARestoredVolumeDoesNotCount() {
        StoreReport restored = new StoreReport(
                id(D), 0, true, 2, 0, 0, 0, proof(D, COPY_EPOCH, true, A, B, C).copies());
        assertThat(next(copy(), restored)).isEqualTo("demo-3 has told nothing of its copy yet");
    }

    @Test
    void aLostMemberDoesNotLowerTheNumberOfExchanges() {
        assertThat(next(copy(), down(B), down(C), proof(D, COPY_EPOCH, true, A)))
                .isEqualTo("demo-3 has exchanged with 1 of the 2 old replicas that are needed");
        assertThat(next(gone(copy(), C), down(B), proof(D, COPY_EPOCH, true, A)))
                .isEqualTo("demo-3 has exchanged with 1 of the 2 old replicas that are needed");
    }

    @Test
    void withFewerSurvivorsAllOfThemWillDo() {
        assertThat(next(gone(gone(copy(), B), C), proof(D, COPY_EPOCH, true, A)))
                .isEqualTo("READ_NEW");
    }

    @Test
    void everyLiveMemberOfTheOldSetIsExchangedWith() {
        assertThat(next(copy(), proof(D, COPY_EPOCH, true, A, B)))
                .isEqualTo("demo-3 has not exchanged with demo-2, which is live");
        assertThat(next(copy(), down(C), proof(D, COPY_EPOCH, true, A, B))).isEqualTo("READ_NEW");
    }

    @Test
    void aSuspectMemberIsMetButDoesNotCount() {
        StoreReport metAll = new StoreReport(
                id(D), 1, true, 2, 0, 0, 0, List.of(new CopyProof(0, COPY_EPOCH, true, ids(A, B), ids(A, B, C))));
        assertThat(next(copy(), metAll)).isEqualTo("READ_NEW");
        StoreReport metOnly = new StoreReport(
                id(D), 1, true, 2, 0, 0, 0, List.of(new CopyProof(0, COPY_EPOCH, true, ids(A), ids(A, B, C))));
        assertThat(next(copy(), metOnly))
                .isEqualTo("demo-3 has exchanged with 1 of the 2 old replicas that are needed");
    }

    @Test
    void withReadsOfAllAnExchangeReachesAll() {
        Ring reads = ring(List.of(A, B, C), 3, 1, List.of(A, B, D), 3, 1, MovePhase.COPY);
        assertThat(next(reads, down(C), proof(D, COPY_EPOCH, true, A, B)))
                .isEqualTo("demo-3 has exchanged with 2 of the 3 old replicas that are needed");
    }

    @Test
    void beforeAReadQuorumShrinksEverybodyExchanges() {
        Ring shrinks = ring(List.of(A, B, C), 2, 2, List.of(A, B, C), 1, 3, MovePhase.COPY);
        assertThat(CopyRule.provers(shrinks, 0)).hasSize(3);
        assertThat(next(shrinks, proof(A, COPY_EPOCH, true, B, C), proof(B, COPY_EPOCH, true, A, C)))
                .isEqualTo("demo-2 has told nothing of its copy yet");
        assertThat(next(
                        shrinks,
                        proof(A, COPY_EPOCH, true, B, C),
                        proof(B, COPY_EPOCH, true, A, C),
                        proof(C, COPY_EPOCH, true, A, B)))
                .isEqualTo("READ_NEW");
    }

    /** Against all sets of holders: whom the rule does not ask to prove, needs not. */
    @Test
    void whoeverNeedNotProveTheRestStillMeetsEveryRead() {
        int checked = 0;
        for (int before = 1; before <= 4; before++) {
            for (int after = 1; after <= 4; after++) {
                for (int stay = Math.max(0, before + after - 7); stay <= Math.min(before, after); stay++) {
                    for (int reads = 1; reads <= before * before; reads++) {
                        checked += checkAllHolders(
                                before, after, stay, (reads - 1) / before + 1, (reads - 1) % before + 1);
                    }
                }
            }
        }
        assertThat(checked).isGreaterThan(1_000);
    }

    private static int checkAllHolders(int before, int after, int stay, int read, int write) {
        List<Integer> old = IntStream.range(0, before).boxed().toList();
        List<Integer> target = new ArrayList<>(old.subList(0, stay));
        IntStream.range(before, before + after - stay).forEach(target::add);
        int checked = 0;
        for (int quorum = 1; quorum <= after * after; quorum++) {
            int readAfter = (quorum - 1) / after + 1;
            int writeAfter = (quorum - 1) % after + 1;
            if (before == after && stay == before && read == readAfter && write == writeAfter) {
                continue;
            }
            Ring ring = ring(old, read, write, target, readAfter, writeAfter, MovePhase.COPY);
            List<Integer> provers =
                    CopyRule.provers(ring, 0).stream().map(Member::getIndex).toList();
            for (int held = 0; held < 1 << before; held++) {
                int holders = held;
                List<Integer> finally_ = target.stream()
                        .filter(member -> provers.contains(member) || (member < before && (holders >> member & 1) == 1))
                        .toList();
                int majority = before / 2 + 1;
                if (Integer.bitCount(held) >= majority) {
                    assertThat(finally_.size())
                            .as("quorum, %s -> %s held by %s, proven %s", old, target, held, provers)
                            .isGreaterThanOrEqualTo(after - (after / 2 + 1) + 1);
                    checked++;
                }
                if (read + write > before && readAfter + writeAfter > after && Integer.bitCount(held) >= write) {
                    assertThat(finally_.size())
                            .as(
                                    "eventual %d/%d -> %d/%d, %s -> %s held by %s, proven %s",
                                    read, write, readAfter, writeAfter, old, target, held, provers)
                            .isGreaterThanOrEqualTo(after - readAfter + 1);
                    checked++;
                }
            }
        }
        return checked;
    }

    // --- READ_NEW and BACK

    @Test
    void theOldSetIsLeftBehindABarrierInBothSets() {
        Ring reading = ring(List.of(A, B, C), 2, 2, List.of(A, B, D), 2, 2, MovePhase.READ_NEW);
        assertThat(next(reading, at(A, 3), at(B, 3), at(C, 3), at(D, 3))).isEqualTo("arrived");
        assertThat(next(reading, at(A, 3), down(B), down(C), at(D, 3)))
                .isEqualTo("1 of the 2 stores of the old set that are needed have adopted epoch 3");
        assertThat(next(reading, down(A), at(B, 3), at(C, 3), down(D)))
                .isEqualTo("1 of the 2 stores of the new set that are needed have adopted epoch 3");
        assertThat(next(reading, at(A, 3), at(B, 3), down(C), down(D))).isEqualTo("arrived");
    }

    @Test
    void everyLiveStorePassesTheBarrier() {
        Ring reading = ring(List.of(A, B, C), 2, 2, List.of(A, B, D), 2, 2, MovePhase.READ_NEW);
        assertThat(next(reading, at(A, 3), at(B, 3), at(C, 2), at(D, 3)))
                .isEqualTo("demo-2 is live and has not adopted epoch 3");
    }

    @Test
    void onlyAStoreWhoseDiskIsKnownToBeGoneCountsAsHavingPassed() {
        Ring reading = ring(List.of(A, B, C), 1, 3, List.of(A, B, D), 1, 3, MovePhase.READ_NEW);
        assertThat(next(reading, at(A, 3), at(B, 3), down(C), at(D, 3)))
                .isEqualTo("2 of the 3 stores of the old set that are needed have adopted epoch 3");
        Ring replaced = edit(reading, C, MemberState.REPLACED, false);
        assertThat(next(replaced, at(A, 4), at(B, 4), down(C), at(D, 4)))
                .isEqualTo("2 of the 3 stores of the old set that are needed have adopted epoch 3");
        assertThat(next(gone(reading, C), at(A, 4), at(B, 4), at(D, 4))).isEqualTo("arrived");
    }

    @Test
    void whatAStoreAdoptedItKeepsThoughItIsDownNow() {
        Ring reading = ring(List.of(A, B, C), 2, 2, List.of(A, B, D), 2, 2, MovePhase.READ_NEW);
        StoreReport earlier = new StoreReport(id(B), 1, false, 3, 0, 0, 0, List.of());
        assertThat(next(reading, at(A, 3), earlier)).isEqualTo("arrived");
    }

    @Test
    void theWayBackHasABarrierToo() {
        Ring back = ring(List.of(A, B, C), 2, 2, List.of(A, B, D), 2, 2, MovePhase.BACK);
        assertThat(next(back, at(A, 3), at(B, 3), at(C, 3), at(D, 3))).isEqualTo("settled");
        assertThat(next(back, at(A, 3), at(B, 2), at(C, 3), at(D, 3)))
                .isEqualTo("demo-1 is live and has not adopted epoch 3");
        assertThat(next(back, down(A), at(B, 3), at(C, 3), down(D)))
                .isEqualTo("1 of the 2 stores of the new set that are needed have adopted epoch 3");
    }

    @Test
    void aCancelledMoveIsOverAtOnceOrTurnsBack() {
        assertThat(shown(MoveStep.of(copy(), 0, false, reports()))).isEqualTo("settled");
        Ring reading = ring(List.of(A, B, C), 2, 2, List.of(A, B, D), 2, 2, MovePhase.READ_NEW);
        assertThat(shown(MoveStep.of(reading, 0, false, reports()))).isEqualTo("BACK");
    }

    @Test
    void otherStepsAreNone() {
        Ring settled = Rings.ring();
        assertThat(Transitions.illegal(
                        settled,
                        valid(RingChange.next(
                                settled, table -> table.getPartitionsBuilder(0).setRead(1)))))
                .hasSize(1);
        Ring copying = copy();
        assertThat(Transitions.illegal(
                        copying,
                        valid(RingChange.next(
                                copying,
                                table -> table.getPartitionsBuilder(0)
                                        .clearMove()
                                        .clearReplicas()
                                        .addAllReplicas(List.of(A, B, D))))))
                .singleElement()
                .asString()
                .startsWith("partition 0 from ");
        assertThat(Transitions.illegal(
                        copying,
                        valid(RingChange.next(
                                copying, table -> table.getPartitionsBuilder(0).clearMove()))))
                .isEmpty();
    }

    // --- helpers

    private static Ring copy() {
        return ring(List.of(A, B, C), 2, 2, List.of(A, B, D), 2, 2, MovePhase.COPY);
    }

    /** Epoch 2 in phase COPY, epoch 3 in the others. */
    private static Ring ring(
            List<Integer> old,
            int read,
            int write,
            List<Integer> target,
            int readAfter,
            int writeAfter,
            MovePhase phase) {
        int members = Math.max(
                4, 1 + target.stream().mapToInt(Integer::intValue).max().orElse(0));
        Stores stores = Stores.of(members, 0, 3, 2, 2);
        Ring before = valid(RingChange.next(
                stores.ring,
                table -> table.setPartitions(
                        0,
                        MoveStep.begin(
                                Partition.newBuilder()
                                        .addAllReplicas(old)
                                        .setRead(read)
                                        .setWrite(write)
                                        .build(),
                                target,
                                readAfter,
                                writeAfter,
                                COPY_EPOCH))));
        return phase == MovePhase.COPY
                ? before
                : valid(RingChange.next(
                        before,
                        table -> table.getPartitionsBuilder(0).getMoveBuilder().setPhase(phase)));
    }

    private static Ring gone(Ring ring, int member) {
        return edit(ring, member, MemberState.REPLACED, true);
    }

    private static Ring edit(Ring ring, int member, MemberState state, boolean gone) {
        return valid(RingChange.next(
                ring, table -> table.getMembersBuilder(member).setState(state).setDiskGone(gone)));
    }

    private static Ring valid(RingCheck check) {
        return ((RingCheck.Valid) check).ring();
    }

    private static String id(int member) {
        return Stores.id(member);
    }

    private static List<String> ids(Integer... members) {
        return Arrays.stream(members).map(Stores::id).toList();
    }

    private static StoreReport proof(int member, long copyEpoch, boolean complete, Integer... exchanged) {
        List<String> ids = ids(exchanged);
        return new StoreReport(
                id(member), 1, true, 2, 0, 0, 0, List.of(new CopyProof(0, copyEpoch, complete, ids, ids)));
    }

    private static StoreReport at(int member, long epoch) {
        return new StoreReport(id(member), 1, true, epoch, 0, 0, 0, List.of());
    }

    private static StoreReport down(int member) {
        return new StoreReport(id(member), 1, false, 1, 0, 0, 0, List.of());
    }

    /** Those not named are up, at the ring's epoch, and tell no copy. */
    private static Reports reports(StoreReport... told) {
        List<StoreReport> all = new ArrayList<>(List.of(told));
        if (told.length == 0 || told[0].copies().isEmpty() && told[0].live()) {
            return new Reports(all);
        }
        for (int i = 0; i < 4; i++) {
            String id = id(i);
            if (all.stream().noneMatch(report -> report.storeId().equals(id))) {
                all.add(at(i, 3));
            }
        }
        return new Reports(all);
    }

    private static String next(Ring ring, StoreReport... told) {
        return shown(MoveStep.of(ring, 0, true, told.length == 0 ? reports(at(A, 2)) : reports(told)));
    }

    private static String shown(MoveStep.Next next) {
        return switch (next) {
            case MoveStep.Next.Stay(String why) -> why;
            case MoveStep.Next.Become(Partition then, String what) ->
                then.hasMove() ? then.getMove().getPhase().name() : what.equals("arrives") ? "arrived" : "settled";
        };
    }
}
