package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordCodecTest {
    private static final Actor A = new Actor(0x0a, 1);
    private static final Actor B = new Actor(0xb000000000000000L, 300);

    /** Golden: these bytes lie on disks. */
    @Test
    void formOneStaysAsItIs() {
        KeyRecord record = new KeyRecord(
                2,
                List.of(
                        Sibling.value(new Dot(0x0203, B), new byte[] {7, 8}),
                        new Sibling(new Dot(0x0202, B), new byte[0], false, 200),
                        Sibling.tombstone(new Dot(0x0101, A))),
                Context.of(List.of(new Context.Entry(A, 0x0101), new Context.Entry(B, 0x0203))));
        String head = "02" // generation
                + "02" // context entries
                + "000000000000000a" + "01" + "0000000000000101"
                + "b000000000000000" + "ac02" + "0000000000000203"
                + "03"; // siblings
        String first = "04" + "01" + "02";
        String second = "02" + "01" + "0000000000000202" + "c801" + "00";
        String third = "05" + "00";

        assertThat(hex(RecordCodec.encode(record))).isEqualTo("11" + head + first + "0708" + second + third);
        assertThat(hex(RecordCodec.encode(record.meta()))).isEqualTo("21" + head + first + second + third);
        assertThat(record.digest()).isEqualTo(GOLDEN_DIGEST);
        assertThat(KeyRecord.EMPTY.digest()).isEqualTo(GOLDEN_EMPTY_DIGEST);
    }

    private static final long GOLDEN_DIGEST = -3937201229194350943L;
    private static final long GOLDEN_EMPTY_DIGEST = 1571087896789861852L;

    @Test
    void theUsualKeyTakes24BytesOfTheIndex() {
        KeyRecord record =
                new KeyRecord(0, List.of(Sibling.value(new Dot(5, A), new byte[100])), Context.of(new Dot(5, A)));

        assertThat(RecordCodec.encode(record.meta())).hasSize(24);
    }

    @Property
    void recordsAndMetadataReadBack(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (int i = 0; i < 20; i++) {
            KeyRecord record = i % 2 == 0 ? random.large() : random.record();
            assertThat(RecordCodec.decode(RecordCodec.encode(record)))
                    .isEqualTo(record)
                    .hasSameHashCodeAs(record);
            assertThat(RecordCodec.decodeMeta(RecordCodec.encode(record.meta())))
                    .isEqualTo(record.meta());
        }
    }

    @Property
    void everyPrefixAndEveryAppendixIsRefused(@ForAll long seed) {
        byte[] bytes = RecordCodec.encode(new RandomVersions(seed).large());
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 50) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> RecordCodec.decode(cut)).isInstanceOf(MalformedRecordException.class);
        }
        assertThatThrownBy(() -> RecordCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("1 bytes follow the end");
    }

    /** Whatever decodes is the one form of what it decodes to; the rest is refused, and nothing else is thrown. */
    @Property
    void damagedBytesAreRefusedOrAreAnotherRecord(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (int i = 0; i < 50; i++) {
            KeyRecord record = random.record();
            byte[] bytes = i % 2 == 0 ? RecordCodec.encode(record) : RecordCodec.encode(record.meta());
            for (int flips = 1 + random.below(3); flips > 0; flips--) {
                bytes[random.below(bytes.length)] = (byte) random.below(256);
            }
            decodeAndEncode(bytes);
        }
    }

    @Property
    void garbageIsRefused(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = random.bytes(60);
            if (bytes.length > 0) {
                bytes[0] = (byte) (i % 2 == 0 ? 0x11 : 0x21);
            }
            decodeAndEncode(bytes);
        }
    }

    private static void decodeAndEncode(byte[] bytes) {
        try {
            assertThat(RecordCodec.encode(RecordCodec.decode(bytes))).isEqualTo(bytes);
        } catch (MalformedRecordException e) {
            assertThat(e).hasMessageContaining("(byte ");
        }
        try {
            assertThat(RecordCodec.encode(RecordCodec.decodeMeta(bytes))).isEqualTo(bytes);
        } catch (MalformedRecordException e) {
            assertThat(e).hasMessageContaining("(byte ");
        }
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "''|form needs 1 bytes, but 0 are left (byte 0)",
                "21|form 0x21 is not that of a record, 0x11 (byte 0)",
                "11|generation needs 1 bytes, but 0 are left (byte 1)",
                "11 8000|generation is written with more bytes than it needs (byte 1)",
                "11 8080808008|generation is 2147483648, at most 2147483647 is allowed (byte 1)",
                "11 ffffffffffffffffff01|generation is 18446744073709551615, at most 2147483647 is allowed (byte 1)",
                "11 ffffffffffffffffffff01|generation has no end (byte 1)",
                "11 00 ffff01|number of context entries is 32767, but only 0 bytes follow (byte 2)",
                "11 00 818002|number of context entries is 32769, at most 32768 is allowed (byte 2)",
                "11 00 01 000000000000000a 01 00000000000001|number of context entries is 1, but only 16 bytes follow"
                        + " (byte 2)",
                "11 00 01 0000000000000000 01 0000000000000101|storeId 0 is not allowed (byte 2)",
                "11 00 01 000000000000000a 00 0000000000000101|incarnation 0 is not allowed (byte 2)",
                "11 00 01 000000000000000a 01 0000000000000000|HLC of a context entry is 0, but must be greater than 0"
                        + " (byte 2)",
                "11 00 01 000000000000000a 01 8000000000000000|HLC of a context entry is -9223372036854775808, but must"
                        + " be greater than 0 (byte 2)",
                "11 00 01 000000000000000a 8080808010 0000000000000101|incarnation is 4294967296, at most 4294967295 is"
                        + " allowed (byte 11)",
                "11 00 02 000000000000000a 01 0000000000000101 000000000000000a 01 0000000000000101|actors of a context"
                        + " must ascend, but 000000000000000a/1 follows 000000000000000a/1 (byte 2)",
                "11 00 00 01|number of siblings is 1, but only 0 bytes follow (byte 3)",
                "11 00 00 01 0400|a sibling needs a context that covers it, but the context is empty (byte 5)",
                "11 00 01 000000000000000a 01 0000000000000101 01 08 00|sibling flags 0x08 are not known (byte 21)",
                "11 00 01 000000000000000a 01 0000000000000101 01 05 01|position of the sibling's actor is 1, at most 0"
                        + " is allowed (byte 22)",
                "11 00 01 000000000000000a 01 0000000000000101 01 01 00 0000000000000101|sibling stamp is written out"
                        + " although it is the context's (byte 21)",
                "11 00 01 000000000000000a 01 0000000000000101 01 01 00 0000000000000102|the context must cover each"
                        + " sibling, but [0+257@000000000000000a/1] does not cover 0+258@000000000000000a/1 (byte 0)",
                "11 00 01 000000000000000a 01 0000000000000101 01 07 00 00|expiry is written out although there is none"
                        + " (byte 21)",
                "11 00 01 000000000000000a 01 0000000000000101 01 04 00 ff7f|value needs 16383 bytes, but 0 are left"
                        + " (byte 25)",
                "11 00 01 000000000000000a 01 0000000000000101 01 04 00 ffffffff07|value needs 2147483647 bytes, but 0"
                        + " are left (byte 28)",
                "11 00 01 000000000000000a 01 0000000000000101 02 05 00 05 00|siblings must descend strictly by dot, but"
                        + " 0+257@000000000000000a/1 follows 0+257@000000000000000a/1 (byte 0)",
            })
    void whatIsWrongIsSaid(String bytes, String message) {
        assertThatThrownBy(() -> RecordCodec.decode(HexFormat.of().parseHex(bytes.replace(" ", ""))))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(message);
    }

    @Test
    void metadataIsNotTakenForARecordNorTheReverse() {
        assertThatThrownBy(() -> RecordCodec.decodeMeta(RecordCodec.encode(KeyRecord.EMPTY)))
                .hasMessage("form 0x11 is not that of record metadata, 0x21 (byte 0)");
    }

    @Test
    void theLargestRecordReadsBack() {
        Sibling megabyte = Sibling.value(new Dot(5, A), new byte[1 << 20]);
        KeyRecord record = new KeyRecord(0, List.of(megabyte), Context.of(new Dot(5, A)));

        assertThat(RecordCodec.decode(RecordCodec.encode(record))).isEqualTo(record);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
