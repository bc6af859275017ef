package io.kvcluster.node.version;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A context in the hands of a client, who gives it back with the write that builds on what it read. Opaque to it, and not to be
 * believed: cluster, key, stamps and checksum are checked here, its stores against ring and record. First byte 1 for this form, then a hash of the cluster id
 * (8 bytes), a hash of the key (8 bytes), the context, CRC32C of all before (4 bytes).
 */
public final class ContextToken {
    private static final int FORM_V1 = 1;
    private static final int CRC_BYTES = Integer.BYTES;
    private static final int HEAD_BYTES = 1 + 2 * Long.BYTES;
    private static final int MAX_COUNT_BYTES = 3;
    static final int MAX_ENTRIES =
            (Limits.CONTEXT_TOKEN_BYTES - HEAD_BYTES - MAX_COUNT_BYTES - CRC_BYTES) / ContextCodec.MAX_ENTRY_BYTES;

    private ContextToken() {}

    /** What a token turned out to be. */
    public sealed interface Decoded {}

    public record Valid(Context context) implements Decoded {}

    /** @param why a sentence for the client */
    public record Invalid(String why) implements Decoded {}

    /**
     * The token of a context, at most {@link Limits#CONTEXT_TOKEN_BYTES}. A context that is larger loses the entries with the
     * smallest stamps: a write with it supersedes less, so siblings stay that could have gone, but none goes that should stay.
     *
     * @param clusterId of the ring, a UUID
     */
    public static byte[] encode(String clusterId, Key key, Context context) {
        Context fitting = fitting(context);
        ByteSink out = new ByteSink(64);
        out.put8(FORM_V1).put64(hashOf(clusterId)).put64(hashOf(key));
        ContextCodec.encode(fitting, out);
        byte[] body = out.toBytes();
        int crc = crc(body, body.length);
        return out.put(ByteBuffer.allocate(CRC_BYTES).putInt(crc).array()).toBytes();
    }

    /**
     * Checks and reads a token. No bytes are no context.
     *
     * @param now the coordinator's {@link HlcClock#now()}: nobody can have seen a later stamp
     */
    public static Decoded decode(byte[] token, String clusterId, Key key, long now) {
        if (token.length == 0) {
            return new Valid(Context.EMPTY);
        }
        if (token.length > Limits.CONTEXT_TOKEN_BYTES) {
            return new Invalid(
                    "context has " + token.length + " bytes, at most " + Limits.CONTEXT_TOKEN_BYTES + " are allowed");
        }
        if (token.length <= HEAD_BYTES + CRC_BYTES) {
            return new Invalid("context has " + token.length + " bytes, which is too short to be one");
        }
        int end = token.length - CRC_BYTES;
        if (ByteBuffer.wrap(token, end, CRC_BYTES).getInt() != crc(token, end)) {
            return new Invalid("context is damaged: its checksum is wrong");
        }
        try {
            return decodeBody(new ByteSource(token, end), clusterId, key, now);
        } catch (MalformedRecordException e) {
            return new Invalid("context cannot be read: " + e.getMessage());
        }
    }

    private static Decoded decodeBody(ByteSource in, String clusterId, Key key, long now) {
        int form = in.get8("form");
        if (form != FORM_V1) {
            return new Invalid("context has form " + form + ", this version knows " + FORM_V1);
        }
        if (in.get64("cluster") != hashOf(clusterId)) {
            return new Invalid("context was given by another cluster");
        }
        if (in.get64("key") != hashOf(key)) {
            return new Invalid("context was given for another key");
        }
        Context context = ContextCodec.decode(in);
        in.requireEnd();
        for (Context.Entry entry : context.entries()) {
            if (entry.hlc() > now) {
                return new Invalid("context has the stamp " + Hlc.text(entry.hlc()) + ", which lies ahead of "
                        + Hlc.text(now) + ", the present");
            }
        }
        return new Valid(context);
    }

    private static Context fitting(Context context) {
        if (context.entries().size() <= MAX_ENTRIES) {
            return context;
        }
        List<Context.Entry> entries = new ArrayList<>(context.entries());
        entries.sort(Comparator.comparing(Context.Entry::hlc).reversed().thenComparing(Context.Entry::actor));
        List<Context.Entry> latest = new ArrayList<>(entries.subList(0, MAX_ENTRIES));
        latest.sort(Comparator.comparing(Context.Entry::actor));
        return Context.of(latest);
    }

    private static long hashOf(String clusterId) {
        return new Hash64().add(clusterId.getBytes(StandardCharsets.UTF_8)).value();
    }

    private static long hashOf(Key key) {
        return new Hash64().add(key.bytes()).value();
    }

    private static int crc(byte[] bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        return (int) crc.getValue();
    }
}
