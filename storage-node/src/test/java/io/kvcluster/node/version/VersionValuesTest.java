package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionValuesTest {
    private static final Actor A = new Actor(1, 1);
    private static final Actor A2 = new Actor(1, 2);
    private static final Actor B = new Actor(-1, 1);

    @Test
    void actorsAreOrderedByStoreThenIncarnationBothUnsigned() {
        assertThat(List.of(new Actor(1, -1), B, A2, A).stream().sorted()).containsExactly(A, A2, new Actor(1, -1), B);
        assertThat(B.toString()).isEqualTo("ffffffffffffffff/1");
        assertThat(new Actor(10, -1).toString()).isEqualTo("000000000000000a/4294967295");
        assertThatThrownBy(() -> new Actor(0, 1)).hasMessage("storeId 0 is not allowed");
        assertThatThrownBy(() -> new Actor(1, 0)).hasMessage("incarnation 0 is not allowed");
    }

    @Test
    void dotsAreOrderedByStampThenActor() {
        assertThat(List.of(new Dot(2, A), new Dot(1, B), new Dot(1, A2), new Dot(1, A)).stream()
                        .sorted())
                .containsExactly(new Dot(1, A), new Dot(1, A2), new Dot(1, B), new Dot(2, A));
        assertThatThrownBy(() -> new Dot(0, A)).hasMessage("HLC of a dot is 0, but must be greater than 0");
    }

    @Test
    void aContextCoversAnActorsDotsUpToItsStamp() {
        Context context = Context.of(List.of(new Context.Entry(A, 5), new Context.Entry(B, 3)));

        assertThat(context.covers(new Dot(5, A))).isTrue();
        assertThat(context.covers(new Dot(6, A))).isFalse();
        assertThat(context.covers(new Dot(1, A2))).isFalse();
        assertThat(context.seenOf(B)).isEqualTo(3);
        assertThat(context.seenOf(A2)).isZero();
        assertThat(context.isEmpty()).isFalse();
        assertThat(Context.EMPTY.isEmpty()).isTrue();
        assertThat(Context.EMPTY.greatestHlc()).isZero();
        assertThat(context.toString()).isEqualTo("[0+5@0000000000000001/1, 0+3@ffffffffffffffff/1]");
    }

    @Test
    void aContextIsSortedAndBounded() {
        assertThatThrownBy(() -> Context.of(List.of(new Context.Entry(A2, 1), new Context.Entry(A, 1))))
                .hasMessage("actors of a context must ascend, but 0000000000000001/1 follows 0000000000000001/2");
        List<Context.Entry> entries = new ArrayList<>();
        for (int i = 1; i <= Context.MAX_ENTRIES; i++) {
            entries.add(new Context.Entry(new Actor(i, 1), 1));
        }
        assertThat(Context.of(entries).entries()).hasSize(Context.MAX_ENTRIES);
        entries.add(new Context.Entry(B, 1));
        assertThatThrownBy(() -> Context.of(entries))
                .hasMessage("context has 32769 entries, at most 32768 are allowed");
    }

    @Test
    void siblingsAreWhatTheySay() {
        Dot dot = new Dot(5, A);
        Sibling value = Sibling.value(dot, new byte[] {1, 2});

        assertThat(value)
                .isEqualTo(Sibling.value(dot, new byte[] {1, 2}))
                .hasSameHashCodeAs(Sibling.value(dot, new byte[] {1, 2}));
        assertThat(value).isNotEqualTo(Sibling.value(dot, new byte[] {1, 3}));
        assertThat(value).isNotEqualTo(Sibling.value(new Dot(6, A), new byte[] {1, 2}));
        assertThat(value).isNotEqualTo(new Sibling(dot, new byte[] {1, 2}, false, 9));
        assertThat(Sibling.value(dot, new byte[0]))
                .isNotEqualTo(Sibling.tombstone(dot))
                .isNotEqualTo(dot);
        assertThat(value.hashCode())
                .isNotEqualTo(Sibling.value(dot, new byte[] {1, 3}).hashCode());
        assertThat(value.toString()).isEqualTo("0+5@0000000000000001/1 2 bytes");
        assertThat(Sibling.tombstone(dot).toString()).isEqualTo("0+5@0000000000000001/1 tombstone");
        assertThat(new Sibling(dot, new byte[0], false, 9).toString()).endsWith("0 bytes until 9");
    }

    @Test
    void siblingsKeepTheirRules() {
        Dot dot = new Dot(5, A);

        assertThatThrownBy(() -> new Sibling(dot, new byte[1], true, 0))
                .hasMessage("a tombstone has no value, but this one has 1 bytes");
        assertThatThrownBy(() -> new Sibling(dot, new byte[0], true, -1))
                .hasMessage("expiry -1 ms: 0..140737488355327 is allowed");
        assertThatThrownBy(() -> new Sibling(dot, new byte[0], true, Hlc.MAX_MILLIS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Sibling(dot, new byte[0], false, Hlc.MAX_MILLIS).expiryMillis())
                .isEqualTo(Hlc.MAX_MILLIS);
        assertThatThrownBy(() -> new SiblingMeta(dot, true, 0, 1)).hasMessage("a tombstone of 1 bytes");
        assertThatThrownBy(() -> new SiblingMeta(dot, false, 0, -1)).hasMessage("a value of -1 bytes");
        assertThatThrownBy(() -> new SiblingMeta(dot, false, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SiblingMeta(dot, false, Hlc.MAX_MILLIS + 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new SiblingMeta(dot, false, Hlc.MAX_MILLIS, 0).expiryMillis())
                .isEqualTo(Hlc.MAX_MILLIS);
    }

    @Test
    void aValueIsLiveUntilItsExpiry() {
        Dot dot = new Dot(5, A);

        assertThat(Sibling.value(dot, new byte[0]).isLive(Long.MAX_VALUE)).isTrue();
        assertThat(new Sibling(dot, new byte[0], false, 9).isLive(8)).isTrue();
        assertThat(new Sibling(dot, new byte[0], false, 9).isLive(9)).isFalse();
        assertThat(Sibling.tombstone(dot).isLive(0)).isFalse();
        assertThat(new Sibling(dot, new byte[0], true, 9).isLive(8)).isFalse();
    }

    @Test
    void recordsKeepTheirRules() {
        Sibling five = Sibling.value(new Dot(5, A), new byte[3]);
        Sibling four = Sibling.tombstone(new Dot(4, A));
        Context context = Context.of(new Dot(5, A));
        KeyRecord record = new KeyRecord(0, List.of(five, four), context);

        assertThat(record.greatest()).contains(new Dot(5, A));
        assertThat(record.meta().greatest()).contains(new Dot(5, A));
        assertThat(record.greatestHlc()).isEqualTo(5);
        assertThat(record.meta().greatestHlc()).isEqualTo(5);
        assertThat(record.valueBytes()).isEqualTo(3);
        assertThat(KeyRecord.EMPTY.greatest()).isEmpty();
        assertThat(RecordMeta.EMPTY.greatest()).isEmpty();
        assertThat(KeyRecord.EMPTY.meta()).isEqualTo(RecordMeta.EMPTY);
        assertThatThrownBy(() -> new KeyRecord(-1, List.of(), Context.EMPTY))
                .hasMessage("generation -1: 0..2147483647 is allowed");
        assertThatThrownBy(() -> new KeyRecord(0, List.of(four, five), context))
                .hasMessageStartingWith("siblings must descend strictly by dot");
        assertThatThrownBy(() -> new KeyRecord(0, List.of(five, five), context))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecordMeta(0, List.of(five.meta()), Context.of(new Dot(4, A))))
                .hasMessageStartingWith("the context must cover each sibling");
    }
}
