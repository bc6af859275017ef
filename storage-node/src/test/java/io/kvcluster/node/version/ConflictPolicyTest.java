package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.command.Limits;
import io.kvcluster.node.version.ConflictPolicy.Write;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConflictPolicyTest {
    private static final Actor A = new Actor(1, 1);
    private static final Actor B = new Actor(2, 1);

    enum Named {
        LastWriterWins,
        Siblings;

        ConflictPolicy policy() {
            return ConflictPolicy.named(name());
        }
    }

    @Test
    void policiesHaveTheNamesOfTheRing() {
        assertThat(ConflictPolicy.named("LastWriterWins")).isSameAs(ConflictPolicy.LAST_WRITER_WINS);
        assertThat(ConflictPolicy.named("Siblings")).isSameAs(ConflictPolicy.SIBLINGS);
        assertThat(ConflictPolicy.named("Custom")).isSameAs(ConflictPolicy.SIBLINGS);
        assertThatThrownBy(() -> ConflictPolicy.named("siblings"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("conflict policy siblings: LastWriterWins, Siblings or Custom is allowed");
    }

    @ParameterizedTest
    @EnumSource
    void theFirstWriteOfAKeyIsItsRecord(Named named) {
        assertThat(written(named.policy(), KeyRecord.EMPTY, value(5, A), Context.EMPTY))
                .isEqualTo(new KeyRecord(0, List.of(value(5, A)), Context.of(dot(5, A))));
    }

    @Test
    void underLastWriterWinsAWriteReplacesAllAndItsContextCoversAll() {
        KeyRecord current = new KeyRecord(2, List.of(value(5, A), value(4, B)), context(dot(5, A), dot(4, B)));
        Context seen = Context.of(dot(6, new Actor(3, 1)));

        assertThat(written(ConflictPolicy.LAST_WRITER_WINS, current, value(7, B), seen))
                .isEqualTo(new KeyRecord(
                        2, List.of(value(7, B)), context(dot(5, A), dot(7, B), dot(6, new Actor(3, 1)))));
    }

    /** Else two replicas of which one still holds siblings of another policy would differ for ever. */
    @Test
    void underLastWriterWinsOlderSiblingsOfAnotherPolicyGoAtAMergeWithTheSameNewestVersion() {
        Context seen = context(dot(5, A), dot(7, B));
        KeyRecord several = new KeyRecord(0, List.of(value(7, B), value(5, A)), seen);
        KeyRecord one = new KeyRecord(0, List.of(value(7, B)), seen);

        assertThat(ConflictPolicy.LAST_WRITER_WINS.merge(several.meta(), one))
                .isEqualTo(new ConflictPolicy.MetaMerge.IncomingWins(new ConflictPolicy.Merged(one, 0, false)));
        assertThat(ConflictPolicy.LAST_WRITER_WINS.merge(one.meta(), several))
                .isEqualTo(new ConflictPolicy.MetaMerge.CurrentCovers(0));
    }

    @Test
    void underSiblingsABlindWriteKeepsWhatItDidNotSee() {
        KeyRecord current = new KeyRecord(0, List.of(value(5, A)), Context.of(dot(5, A)));

        assertThat(written(ConflictPolicy.SIBLINGS, current, value(7, B), Context.EMPTY))
                .isEqualTo(new KeyRecord(0, List.of(value(7, B), value(5, A)), context(dot(5, A), dot(7, B))));
    }

    @Test
    void underSiblingsAWriteRemovesExactlyWhatItsContextCovers() {
        KeyRecord current = new KeyRecord(2, List.of(value(5, A), value(4, B)), context(dot(5, A), dot(4, B)));

        assertThat(written(ConflictPolicy.SIBLINGS, current, Sibling.tombstone(dot(7, B)), Context.of(dot(4, B))))
                .isEqualTo(new KeyRecord(
                        2, List.of(Sibling.tombstone(dot(7, B)), value(5, A)), context(dot(5, A), dot(7, B))));
        assertThat(written(ConflictPolicy.SIBLINGS, current, value(7, B), context(dot(5, A), dot(4, B)))
                        .siblings())
                .containsExactly(value(7, B));
    }

    @ParameterizedTest
    @EnumSource
    void aStampMustExceedWhatTheReplicaAndTheClientHaveSeen(Named named) {
        KeyRecord current = new KeyRecord(0, List.of(value(5, A)), Context.of(dot(5, A)));

        assertThatThrownBy(() -> named.policy().write(current, value(5, B), Context.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the stamp of 0+5@0000000000000002/1 must exceed every stamp that its context"
                        + " [0+5@0000000000000001/1] covers");
        assertThatThrownBy(() -> named.policy().write(current, value(9, A), Context.of(dot(9, B))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(written(named.policy(), current, value(10, A), Context.of(dot(9, B)))
                        .greatestHlc())
                .isEqualTo(10);
    }

    @Test
    void aWriteThatLeavesManySiblingsSaysSoAndTooManyAreRefused() {
        KeyRecord record = KeyRecord.EMPTY;
        for (int i = 1; i <= Limits.SIBLINGS; i++) {
            Write.Written written = (Write.Written) ConflictPolicy.SIBLINGS.write(record, value(i, A), Context.EMPTY);
            assertThat(written.manySiblings()).isEqualTo(i > Limits.SIBLINGS_WARN);
            record = written.record();
        }
        assertThat(record.siblings()).hasSize(Limits.SIBLINGS);

        assertThat(ConflictPolicy.SIBLINGS.write(record, value(100, A), Context.EMPTY))
                .isEqualTo(new Write.TooManySiblings(Limits.SIBLINGS + 1, record.valueBytes() + 100));
        assertThat(written(ConflictPolicy.SIBLINGS, record, value(100, A), Context.of(dot(1, A)))
                        .siblings())
                .hasSize(Limits.SIBLINGS);
        assertThat(written(ConflictPolicy.SIBLINGS, record, value(100, A), record.context())
                        .siblings())
                .hasSize(1);
        assertThat(written(ConflictPolicy.LAST_WRITER_WINS, record, value(100, A), Context.EMPTY)
                        .siblings())
                .hasSize(1);
    }

    @Test
    void tooManyBytesOfSiblingsAreRefused() {
        int quarter = Limits.SIBLINGS_BYTES / 4;
        KeyRecord record = KeyRecord.EMPTY;
        for (int i = 1; i <= 4; i++) {
            record = written(
                    ConflictPolicy.SIBLINGS, record, Sibling.value(dot(i, A), new byte[quarter]), Context.EMPTY);
        }
        assertThat(record.valueBytes()).isEqualTo(Limits.SIBLINGS_BYTES);
        assertThat(record.meta().valueBytes()).isEqualTo(Limits.SIBLINGS_BYTES);

        assertThat(ConflictPolicy.SIBLINGS.write(record, Sibling.value(dot(9, A), new byte[1]), Context.EMPTY))
                .isEqualTo(new Write.TooManySiblings(5, Limits.SIBLINGS_BYTES + 1L));
        assertThat(ConflictPolicy.SIBLINGS.write(record, Sibling.value(dot(9, A), new byte[0]), Context.EMPTY))
                .isInstanceOf(Write.Written.class);
    }

    @Test
    void aMergeIsNeverRefused() {
        KeyRecord left = many(A, 1_000);
        KeyRecord right = many(B, 1_000);

        assertThat(ConflictPolicy.SIBLINGS.merge(left, right).record().siblings())
                .hasSize(2_000);
    }

    @Test
    void aReaderSeesOneSiblingUnderLastWriterWinsAndAllUnderSiblings() {
        KeyRecord record = many(A, 3);

        assertThat(ConflictPolicy.SIBLINGS.view(record)).isEqualTo(record);
        assertThat(ConflictPolicy.LAST_WRITER_WINS.view(record))
                .isEqualTo(new KeyRecord(0, List.of(value(3, A)), record.context()));
        assertThat(ConflictPolicy.LAST_WRITER_WINS.view(KeyRecord.EMPTY)).isEqualTo(KeyRecord.EMPTY);
    }

    private static KeyRecord many(Actor actor, int siblings) {
        List<Sibling> values = java.util.stream.IntStream.rangeClosed(1, siblings)
                .mapToObj(i -> value(siblings + 1 - i, actor))
                .toList();
        return new KeyRecord(0, values, Context.of(dot(siblings, actor)));
    }

    private static KeyRecord written(ConflictPolicy policy, KeyRecord current, Sibling added, Context seen) {
        return ((Write.Written) policy.write(current, added, seen)).record();
    }

    private static Sibling value(long hlc, Actor actor) {
        return Sibling.value(dot(hlc, actor), new byte[(int) hlc]);
    }

    private static Dot dot(long hlc, Actor actor) {
        return new Dot(hlc, actor);
    }

    private static Context context(Dot... dots) {
        Context context = Context.EMPTY;
        for (Dot dot : dots) {
            context = context.with(dot);
        }
        return context;
    }
}
