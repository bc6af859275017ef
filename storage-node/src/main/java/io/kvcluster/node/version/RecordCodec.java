package io.kvcluster.node.version;

import java.util.ArrayList;
import java.util.List;

/**
 * Records and their metadata as bytes: on disk, in the index and between nodes. First a byte that names form and version, then
 * generation (varint), context ({@link ContextCodec}), number of siblings (varint), then per sibling, greatest dot first: flags,
 * its actor as position in the context (varint), the stamp unless it is the context's own (8 bytes), expiry if any (varint),
 * length of the value unless it is a tombstone (varint), and, in a record, the value. Each value has exactly one form, so equal
 * records are equal bytes.
 */
public final class RecordCodec {
    private static final int RECORD_V1 = 0x11;
    private static final int META_V1 = 0x21;
    private static final int TOMBSTONE = 1;
    private static final int EXPIRES = 2;
    /** The usual case, and eight bytes less for each key in the index: the sibling is its actor's latest dot. */
    private static final int LATEST_OF_ACTOR = 4;

    private static final int ALL_FLAGS = TOMBSTONE | EXPIRES | LATEST_OF_ACTOR;
    private static final int MIN_SIBLING_BYTES = 2;

    private RecordCodec() {}

    public static byte[] encode(KeyRecord record) {
        ByteSink out = new ByteSink(encodedBytes(record));
        head(RECORD_V1, record.generation(), record.context(), record.siblings().size(), out);
        for (Sibling sibling : record.siblings()) {
            sibling(sibling.meta(), record.context(), out);
            out.put(sibling.value());
        }
        return out.toBytes();
    }

    /** Exactly what {@link #encode} will write, so that its array is made once. */
    private static int encodedBytes(KeyRecord record) {
        long bytes = 1
                + ByteSink.varintBytes(record.generation())
                + ContextCodec.encodedBytes(record.context())
                + ByteSink.varintBytes(record.siblings().size());
        for (Sibling sibling : record.siblings()) {
            Dot dot = sibling.dot();
            bytes += 1 + ByteSink.varintBytes(record.context().indexOf(dot.actor()));
            bytes += record.context().seenOf(dot.actor()) == dot.hlc() ? 0 : Long.BYTES;
            bytes += sibling.expiryMillis() == 0 ? 0 : ByteSink.varintBytes(sibling.expiryMillis());
            bytes += sibling.tombstone() ? 0 : ByteSink.varintBytes(sibling.value().length);
            bytes += sibling.value().length;
        }
        return Math.toIntExact(bytes);
    }

    public static byte[] encode(RecordMeta meta) {
        ByteSink out = new ByteSink(64);
        head(META_V1, meta.generation(), meta.context(), meta.siblings().size(), out);
        for (SiblingMeta sibling : meta.siblings()) {
            sibling(sibling, meta.context(), out);
        }
        return out.toBytes();
    }

    /** Copies the values out of {@code bytes}. @throws MalformedRecordException unless they are what {@link #encode} makes */
    public static KeyRecord decode(byte[] bytes) {
        ByteSource in = new ByteSource(bytes, bytes.length);
        Head head = head(RECORD_V1, "a record", in);
        List<Sibling> siblings = new ArrayList<>(head.siblings());
        for (int i = 0; i < head.siblings(); i++) {
            SiblingMeta meta = sibling(head.context(), in);
            byte[] value = in.get(meta.valueBytes(), "value");
            siblings.add(new Sibling(meta.dot(), value, meta.tombstone(), meta.expiryMillis()));
        }
        in.requireEnd();
        return ContextCodec.checked(0, () -> new KeyRecord(head.generation(), siblings, head.context()));
    }

    /** @throws MalformedRecordException unless the bytes are what {@link #encode(RecordMeta)} makes */
    public static RecordMeta decodeMeta(byte[] bytes) {
        ByteSource in = new ByteSource(bytes, bytes.length);
        Head head = head(META_V1, "record metadata", in);
        List<SiblingMeta> siblings = new ArrayList<>(head.siblings());
        for (int i = 0; i < head.siblings(); i++) {
            siblings.add(sibling(head.context(), in));
        }
        in.requireEnd();
        return ContextCodec.checked(0, () -> new RecordMeta(head.generation(), siblings, head.context()));
    }

    private record Head(int generation, Context context, int siblings) {}

    private static void head(int form, int generation, Context context, int siblings, ByteSink out) {
        out.put8(form).putVarint(generation);
        ContextCodec.encode(context, out);
        out.putVarint(siblings);
    }

    private static Head head(int form, String what, ByteSource in) {
        int first = in.get8("form");
        if (first != form) {
            throw ByteSource.malformed(String.format("form 0x%02x is not that of %s, 0x%02x", first, what, form), 0);
        }
        int generation = (int) in.getVarint("generation", Integer.MAX_VALUE);
        Context context = ContextCodec.decode(in);
        int siblings = in.getCount("number of siblings", MIN_SIBLING_BYTES, Integer.MAX_VALUE);
        return new Head(generation, context, siblings);
    }

    private static void sibling(SiblingMeta sibling, Context context, ByteSink out) {
        Dot dot = sibling.dot();
        boolean latest = context.seenOf(dot.actor()) == dot.hlc();
        out.put8((sibling.tombstone() ? TOMBSTONE : 0)
                | (sibling.expiryMillis() != 0 ? EXPIRES : 0)
                | (latest ? LATEST_OF_ACTOR : 0));
        out.putVarint(context.indexOf(dot.actor()));
        if (!latest) {
            out.put64(dot.hlc());
        }
        if (sibling.expiryMillis() != 0) {
            out.putVarint(sibling.expiryMillis());
        }
        if (!sibling.tombstone()) {
            out.putVarint(sibling.valueBytes());
        }
    }

    private static SiblingMeta sibling(Context context, ByteSource in) {
        int start = in.at();
        int flags = in.get8("sibling flags");
        if ((flags & ~ALL_FLAGS) != 0) {
            throw ByteSource.malformed(String.format("sibling flags 0x%02x are not known", flags), start);
        }
        Context.Entry entry = context.entries().get(entryIndex(context, in));
        boolean latest = (flags & LATEST_OF_ACTOR) != 0;
        long hlc = latest ? entry.hlc() : in.get64("sibling stamp");
        if (!latest && hlc == entry.hlc()) {
            throw ByteSource.malformed("sibling stamp is written out although it is the context's", start);
        }
        boolean tombstone = (flags & TOMBSTONE) != 0;
        long expiry = (flags & EXPIRES) == 0 ? 0 : in.getVarint("expiry", Hlc.MAX_MILLIS);
        if (expiry == 0 && (flags & EXPIRES) != 0) {
            throw ByteSource.malformed("expiry is written out although there is none", start);
        }
        int valueBytes = tombstone ? 0 : (int) in.getVarint("value length", Integer.MAX_VALUE);
        return ContextCodec.checked(
                start, () -> new SiblingMeta(new Dot(hlc, entry.actor()), tombstone, expiry, valueBytes));
    }

    private static int entryIndex(Context context, ByteSource in) {
        if (context.isEmpty()) {
            throw ByteSource.malformed("a sibling needs a context that covers it, but the context is empty", in.at());
        }
        return (int) in.getVarint(
                "position of the sibling's actor", context.entries().size() - 1L);
    }
}
