package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.ContextToken;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.Sibling;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tokens that are bound to the ring's cluster and the key, and judged by the node's clock and the ring's members. */
final class RecordContexts implements Contexts {
    private static final byte[] NO_BYTES = {};

    private final Supplier<@Nullable Ring> rings;
    private final LongSupplier hlc;

    /** @param hlc the greatest stamp that a sound context can name now */
    RecordContexts(Supplier<@Nullable Ring> rings, LongSupplier hlc) {
        this.rings = rings;
        this.hlc = hlc;
    }

    @Override
    public byte[] token(Key key, KeyRecord record) {
        return ContextToken.encode(ring().clusterId(), key, record.context());
    }

    @Override
    public Outcome read(Key key, @Nullable KeyRecord record, long nowMillis, Outcome.Service service) {
        if (record == null) {
            return new Outcome.Read(List.of(), new byte[0], service);
        }
        boolean live = false;
        List<Outcome.Version> versions = new ArrayList<>(record.siblings().size());
        for (Sibling sibling : record.siblings()) {
            Outcome.Version version = version(sibling, nowMillis);
            live |= !version.deleted();
            versions.add(version);
        }
        if (!live) {
            versions = List.of();
        }
        return new Outcome.Read(versions, token(key, record), service);
    }

    private static Outcome.Version version(Sibling sibling, long nowMillis) {
        boolean live = sibling.isLive(nowMillis);
        return new Outcome.Version(sibling.dot().hlc(), live ? sibling.value() : NO_BYTES, !live);
    }

    @Override
    public Given given(Key key, byte[] token) {
        if (token.length == 0) {
            return new Given.Valid(Context.EMPTY, Context.EMPTY);
        }
        Ring ring = ring();
        ContextToken.Decoded decoded = ContextToken.decode(token, ring.clusterId(), key, hlc.getAsLong());
        return switch (decoded) {
            case ContextToken.Valid valid -> new Given.Valid(valid.context(), strangers(valid.context(), ring));
            case ContextToken.Invalid invalid -> new Given.Invalid(invalid.why());
        };
    }

    /** A store that left the ring is named by contexts of keys that it wrote; whether this is one, only the record can tell. */
    private static Context strangers(Context context, Ring ring) {
        return Context.of(context.entries().stream()
                .filter(entry -> ring.member(entry.actor().storeIdText()).isEmpty())
                .toList());
    }

    private Ring ring() {
        Ring ring = rings.get();
        if (ring == null) {
            throw new IllegalStateException("no operation runs without a ring");
        }
        return ring;
    }
}
