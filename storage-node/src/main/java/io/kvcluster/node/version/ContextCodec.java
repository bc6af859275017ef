package io.kvcluster.node.version;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A context as bytes: the number of entries as varint, then per entry, in the order of actors, store id (8 bytes), incarnation
 * (varint), stamp (8 bytes).
 */
final class ContextCodec {
    static final int MIN_ENTRY_BYTES = Long.BYTES + 1 + Long.BYTES;
    static final int MAX_ENTRY_BYTES = Long.BYTES + 5 + Long.BYTES;
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private ContextCodec() {}

    static void encode(Context context, ByteSink out) {
        out.putVarint(context.entries().size());
        for (Context.Entry entry : context.entries()) {
            out.put64(entry.actor().storeId())
                    .putVarint(Integer.toUnsignedLong(entry.actor().incarnation()))
                    .put64(entry.hlc());
        }
    }

    static int encodedBytes(Context context) {
        int bytes = ByteSink.varintBytes(context.entries().size());
        for (Context.Entry entry : context.entries()) {
            bytes += 2 * Long.BYTES
                    + ByteSink.varintBytes(Integer.toUnsignedLong(entry.actor().incarnation()));
        }
        return bytes;
    }

    static Context decode(ByteSource in) {
        int start = in.at();
        int count = in.getCount("number of context entries", MIN_ENTRY_BYTES, Context.MAX_ENTRIES);
        List<Context.Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long storeId = in.get64("store id");
            int incarnation = (int) in.getVarint("incarnation", MAX_UINT32);
            long hlc = in.get64("context stamp");
            entries.add(checked(start, () -> new Context.Entry(new Actor(storeId, incarnation), hlc)));
        }
        return checked(start, () -> Context.of(entries));
    }

    /** The rules of the values are told by the values; here they gain a place. */
    static <T> T checked(int start, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw ByteSource.malformed(String.valueOf(e.getMessage()), start);
        }
    }
}
