package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ContextTokenTest {
    private static final String CLUSTER = "6f1de0d6-55a4-4a0f-8a4e-1d6a3d1f7c01";
    private static final Key KEY = Key.of("key1");
    private static final Actor A = new Actor(0x0a, 1);
    private static final Context SEEN = Context.of(new Dot(100, A));

    @Test
    void aTokenGivesItsContextBack() {
        assertThat(decode(ContextToken.encode(CLUSTER, KEY, SEEN))).isEqualTo(new ContextToken.Valid(SEEN));
        assertThat(decode(ContextToken.encode(CLUSTER, KEY, Context.EMPTY)))
                .isEqualTo(new ContextToken.Valid(Context.EMPTY));
    }

    @Test
    void noBytesAreNoContext() {
        assertThat(decode(new byte[0])).isEqualTo(new ContextToken.Valid(Context.EMPTY));
    }

    /** Golden: clients keep tokens across an upgrade. */
    @Test
    void formOneStaysAsItIs() {
        assertThat(HexFormat.of().formatHex(ContextToken.encode(CLUSTER, KEY, SEEN)))
                .isEqualTo(GOLDEN);
    }

    private static final String GOLDEN =
            "0176036559b7b1f4dcf46239fe552cb5b201000000000000000a0100000000000000640c48937b";

    @Test
    void aTokenOfAnotherKeyOrClusterIsRefused() {
        byte[] token = ContextToken.encode(CLUSTER, KEY, SEEN);

        assertThat(ContextToken.decode(token, CLUSTER, Key.of("key2"), 100))
                .isEqualTo(new ContextToken.Invalid("context was given for another key"));
        assertThat(ContextToken.decode(token, CLUSTER.replace('6', '7'), KEY, 100))
                .isEqualTo(new ContextToken.Invalid("context was given by another cluster"));
    }

    @Test
    void aStampOfTheFutureIsRefused() {
        byte[] token = ContextToken.encode(CLUSTER, KEY, SEEN);

        assertThat(ContextToken.decode(token, CLUSTER, KEY, 100)).isEqualTo(new ContextToken.Valid(SEEN));
        assertThat(ContextToken.decode(token, CLUSTER, KEY, 99))
                .isEqualTo(
                        new ContextToken.Invalid("context has the stamp 0+100, which lies ahead of 0+99, the present"));
    }

    @Test
    void everyFlippedBitIsSeen() {
        byte[] token = ContextToken.encode(CLUSTER, KEY, SEEN);
        for (int bit = 0; bit < token.length * 8; bit++) {
            byte[] damaged = token.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(decode(damaged))
                    .isEqualTo(new ContextToken.Invalid("context is damaged: its checksum is wrong"));
        }
    }

    @Test
    void tooShortAndTooLongTokensAreRefused() {
        assertThat(decode(new byte[21]))
                .isEqualTo(new ContextToken.Invalid("context has 21 bytes, which is too short to be one"));
        assertThat(decode(new byte[22]))
                .isEqualTo(new ContextToken.Invalid("context is damaged: its checksum is wrong"));
        assertThat(decode(new byte[Limits.CONTEXT_TOKEN_BYTES + 1]))
                .isEqualTo(new ContextToken.Invalid("context has 16385 bytes, at most 16384 are allowed"));
    }

    @Test
    void aWellSignedTokenOfAnotherFormIsRefused() {
        byte[] token = ContextToken.encode(CLUSTER, KEY, SEEN);
        token[0] = 2;

        assertThat(decode(signed(token)))
                .isEqualTo(new ContextToken.Invalid("context has form 2, this version knows 1"));
    }

    @Test
    void aWellSignedTokenThatIsNoContextIsRefused() {
        byte[] token = ContextToken.encode(CLUSTER, KEY, SEEN);

        assertThat(decode(signed(Arrays.copyOf(token, token.length + 1))))
                .isInstanceOfSatisfying(
                        ContextToken.Invalid.class,
                        invalid ->
                                assertThat(invalid.why()).startsWith("context cannot be read: 1 bytes follow the end"));
        assertThat(decode(signed(Arrays.copyOf(token, token.length - 1))))
                .isInstanceOfSatisfying(
                        ContextToken.Invalid.class,
                        invalid -> assertThat(invalid.why())
                                .startsWith(
                                        "context cannot be read: number of context entries is 1, but only 16 bytes"));
    }

    @Test
    void aContextTooLargeForATokenKeepsItsLatestEntries() {
        List<Context.Entry> entries = new ArrayList<>();
        for (int i = 1; i <= 2 * ContextToken.MAX_ENTRIES; i++) {
            // All different, in no order.
            entries.add(new Context.Entry(new Actor(i, -1), 1 + i * 7_919L % 10_007));
        }
        long latest = entries.stream()
                .map(Context.Entry::hlc)
                .sorted(Comparator.reverseOrder())
                .skip(ContextToken.MAX_ENTRIES - 1)
                .findFirst()
                .orElseThrow();
        byte[] token = ContextToken.encode(CLUSTER, KEY, Context.of(entries));

        assertThat(token).hasSizeLessThanOrEqualTo(Limits.CONTEXT_TOKEN_BYTES);
        assertThat(decode(token, 20_000))
                .isEqualTo(new ContextToken.Valid(Context.of(
                        entries.stream().filter(entry -> entry.hlc() >= latest).toList())));
    }

    @Test
    void theLargestContextThatFitsIsKeptWhole() {
        List<Context.Entry> entries = new ArrayList<>();
        for (int i = 1; i <= ContextToken.MAX_ENTRIES; i++) {
            entries.add(new Context.Entry(new Actor(i, -1), i));
        }
        byte[] token = ContextToken.encode(CLUSTER, KEY, Context.of(entries));

        assertThat(token)
                .hasSizeBetween(
                        Limits.CONTEXT_TOKEN_BYTES - ContextCodec.MAX_ENTRY_BYTES - 2, Limits.CONTEXT_TOKEN_BYTES);
        assertThat(decode(token, 20_000)).isEqualTo(new ContextToken.Valid(Context.of(entries)));
    }

    @Property
    void anyContextReadsBackAndGarbageIsRefused(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        Context context = random.large().context();
        assertThat(decode(ContextToken.encode(CLUSTER, KEY, context), Long.MAX_VALUE))
                .isEqualTo(new ContextToken.Valid(context));

        byte[] garbage = random.bytes(60);
        if (garbage.length > 0) {
            assertThat(decode(garbage)).isInstanceOf(ContextToken.Invalid.class);
        }
        byte[] damaged = ContextToken.encode(CLUSTER, KEY, random.context());
        damaged[17 + random.below(damaged.length - 17 - 4)] = (byte) random.below(256);
        if (decode(signed(damaged)) instanceof ContextToken.Valid(Context other)) {
            assertThat(ContextToken.encode(CLUSTER, KEY, other)).isEqualTo(signed(damaged));
        }
    }

    private static ContextToken.Decoded decode(byte[] token) {
        return decode(token, 100);
    }

    private static ContextToken.Decoded decode(byte[] token, long now) {
        return ContextToken.decode(token, CLUSTER, KEY, now);
    }

    /** With the checksum set right: what a client could make that wants to do harm. */
    private static byte[] signed(byte[] token) {
        byte[] signed = token.clone();
        CRC32C crc = new CRC32C();
        crc.update(signed, 0, signed.length - 4);
        for (int i = 0; i < 4; i++) {
            signed[signed.length - 4 + i] = (byte) (crc.getValue() >>> (24 - 8 * i));
        }
        return signed;
    }
}
