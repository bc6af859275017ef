package io.kvcluster.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A ring in which partition 5 moves from members 2, 0, 1 to members 0, 1, 3. */
class RingMoveTest {
    private static final String STAYS = "0000000000000001";
    private static final String LEAVES = "0000000000000003";
    private static final String JOINS = "0000000000000004";

    private static RingTable.Builder table(MovePhase phase) {
        RingTable.Builder table = Rings.table().setEpoch(7).setPreviousHash("a".repeat(64));
        table.addMembers(table.getMembers(2).toBuilder()
                .setIndex(3)
                .setName("demo-3")
                .setAddress("demo-3")
                .setStoreId(JOINS)
                .setState(MemberState.JOINING));
        table.getPartitionsBuilder(5)
                .setChangedEpoch(phase == MovePhase.COPY ? 6 : 7)
                .setMove(Move.newBuilder()
                        .addAllReplicas(List.of(0, 1, 3))
                        .setRead(1)
                        .setWrite(3)
                        .setPhase(phase)
                        .setCopyEpoch(6));
        return table;
    }

    @Test
    void writesGoToBothSetsAtEveryStepAndReadsToOne() {
        for (MovePhase phase : List.of(MovePhase.COPY, MovePhase.READ_NEW, MovePhase.BACK)) {
            Ring ring = Ring.require(Rings.sealed(table(phase)));
            assertThat(names(ring.replicas(5))).containsExactly("demo-2", "demo-0", "demo-1");
            assertThat(names(ring.target(5))).containsExactly("demo-0", "demo-1", "demo-3");
            assertThat(names(ring.holders(5))).containsExactly("demo-2", "demo-0", "demo-1", "demo-3");
            assertThat(ring.readers(5)).isEqualTo(phase == MovePhase.READ_NEW ? ring.target(5) : ring.replicas(5));
            assertThat(ring.isHolder(5, JOINS)).isTrue();
            assertThat(ring.isReplica(5, JOINS)).isFalse();
            assertThat(ring.joins(5, JOINS)).isTrue();
            assertThat(ring.joins(5, STAYS)).isFalse();
            assertThat(ring.isTarget(5, LEAVES)).isFalse();
            assertThat(ring.partitionsOf(JOINS)).containsExactly(5);
            assertThat(ring.copyEpoch(5)).isEqualTo(6);
            assertThat(ring.targetRead(5)).isEqualTo(1);
            assertThat(ring.targetWrite(5)).isEqualTo(3);
            assertThat(ring.needs(5)).isEqualTo(QuorumNeeds.of(3, 2, 2));
            assertThat(ring.targetNeeds(5)).isEqualTo(QuorumNeeds.of(3, 1, 3));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MovePhase.class,
            names = {"COPY", "READ_NEW", "BACK"})
    void aJoiningStoreCoordinatesNothingBeforeItIsRead(MovePhase phase) {
        Ring ring = Ring.require(Rings.sealed(table(phase)));
        assertThat(ring.coordinates(5, JOINS)).isEqualTo(phase == MovePhase.READ_NEW);
        assertThat(ring.coordinates(5, LEAVES)).isTrue();
        assertThat(ring.coordinates(5, STAYS)).isTrue();
        assertThat(ring.coordinates(4, JOINS)).isFalse();
    }

    @Test
    void aPartitionThatStaysHasOneSet() {
        Ring ring = Ring.require(Rings.sealed(table(MovePhase.COPY)));
        assertThat(ring.moves(4)).isFalse();
        assertThat(ring.target(4)).isSameAs(ring.replicas(4));
        assertThat(ring.holders(4)).isSameAs(ring.replicas(4));
        assertThat(ring.readers(4)).isSameAs(ring.replicas(4));
        assertThat(ring.copyEpoch(4)).isZero();
        assertThat(ring.joins(4, STAYS)).isFalse();
        assertThat(ring.targetNeeds(4)).isEqualTo(ring.needs(4));
        assertThat(ring.nextMemberIndex()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(
            value = MovePhase.class,
            names = {"COPY", "READ_NEW", "BACK"})
    void itsTextReadsBack(MovePhase phase) {
        RingTable.Builder table = table(phase).setNextMemberIndex(9);
        table.getMembersBuilder(2).setState(MemberState.REPLACED).setDiskGone(true);
        Ring ring = Ring.require(Rings.sealed(table));
        String json = RingJson.write(ring.table());

        assertThat(json)
                .contains("\n\"nextMemberIndex\": 9,\n")
                .contains("\"state\": \"REPLACED\", \"diskGone\": true}")
                .contains("\"write\": 2, \"changedEpoch\": " + ring.changedEpoch(5)
                        + ", \"move\": {\"replicas\": [0,1,3], \"read\": 1, \"write\": 3, \"phase\": \"" + phase
                        + "\", \"copyEpoch\": 6}}");
        assertThat(RingJson.read(json)).isEqualTo(new RingCheck.Valid(ring));
        assertThat(ring.nextMemberIndex()).isEqualTo(9);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenRules")
    void everyBrokenRuleIsASentence(String sentence, Consumer<RingTable.Builder> edit) {
        RingTable.Builder table = table(MovePhase.READ_NEW);
        edit.accept(table);

        Rings.assertRefused(table, sentence);
    }

    static Stream<Arguments> brokenRules() {
        return Stream.of(
                broken(
                        "partitions[5].move.replicas is [0, 1, 3, 3], but must name each member only once",
                        move -> move.addReplicas(3)),
                broken(
                        "partitions[5].move.replicas is [0, 1, 3, 7], but must name members of this ring, but there is"
                                + " none with index 7",
                        move -> move.addReplicas(7)),
                broken("partitions[5].move.replicas is [], but must name 1..7 members", Move.Builder::clearReplicas),
                broken(
                        "partitions[5].move.read is 4, but must be in 1..3, the number of replicas",
                        move -> move.setRead(4)),
                broken(
                        "partitions[5].move.write is 0, but must be in 1..3, the number of replicas",
                        Move.Builder::clearWrite),
                broken(
                        "partitions[5].move.replicas is [1, 0, 2], but must differ from partitions[5].replicas, or the"
                                + " quorums must",
                        move -> move.clearReplicas()
                                .addAllReplicas(List.of(1, 0, 2))
                                .setRead(2)
                                .setWrite(2)),
                broken(
                        "partitions[5].move.phase is MOVE_PHASE_UNSPECIFIED, but must be COPY, READ_NEW or BACK",
                        Move.Builder::clearPhase),
                broken(
                        "partitions[5].move.phase is 9, but must be COPY, READ_NEW or BACK",
                        move -> move.setPhaseValue(9)),
                broken(
                        "partitions[5].move.copyEpoch is 0, but must be before changedEpoch (7) in phase READ_NEW",
                        Move.Builder::clearCopyEpoch),
                broken(
                        "partitions[5].move.copyEpoch is 7, but must be before changedEpoch (7) in phase READ_NEW",
                        move -> move.setCopyEpoch(7)),
                broken(
                        "partitions[5].move.copyEpoch is 6, but must be changedEpoch (7) in phase COPY",
                        move -> move.setPhase(MovePhase.COPY)),
                Arguments.of("members[1].diskGone is true, but must be absent unless state is REPLACED", (Consumer<
                                RingTable.Builder>)
                        table -> table.getMembersBuilder(1).setDiskGone(true)),
                Arguments.of(
                        "members[3].index is 3, but must be below nextMemberIndex (3)",
                        (Consumer<RingTable.Builder>) table -> table.setNextMemberIndex(3)));
    }

    private static Arguments broken(String sentence, Consumer<Move.Builder> edit) {
        return Arguments.of(sentence, (Consumer<RingTable.Builder>)
                table -> edit.accept(table.getPartitionsBuilder(5).getMoveBuilder()));
    }

    private static List<String> names(List<Member> members) {
        return members.stream().map(Member::getName).toList();
    }
}
