package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.ClientWrite;
import io.kvcluster.node.replica.Held;
import io.kvcluster.node.replica.ReadListener;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.resolver.Resolvers;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.Sibling;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Conflict policy Custom: replicas keep siblings, and the user's resolver makes one value of them. A read gives its result and
 * stores nothing; a write stores it, under the write's own dot and with a context that covers what went into it, so whatever the
 * coordinator had not seen stays a sibling. Without a result all is as under Siblings. On the operation's loop.
 */
final class Resolution {
    private final Coordination.@Nullable Custom custom;
    private final NodeHlc hlc;

    Resolution(Coordination.@Nullable Custom custom, NodeHlc hlc) {
        this.custom = custom;
        this.hlc = hlc;
    }

    /** What a reader is shown of the record. */
    void view(Key key, KeyRecord record, long nowMillis, Loop loop, Consumer<KeyRecord> done) {
        Coordination.Custom with = custom;
        String name = with == null ? null : with.name().get();
        List<byte[]> values = name == null ? List.of() : values(record, nowMillis, Context.EMPTY);
        if (with == null || name == null || values.isEmpty()) {
            done.accept(record);
        } else if (values.size() == 1) {
            done.accept(of(record, values.getFirst()));
        } else {
            with.resolvers()
                    .resolve(
                            name,
                            key,
                            values,
                            loop,
                            merged -> done.accept(merged == null ? record : of(record, merged)));
        }
    }

    /** What is to be stamped for a client's write. */
    void write(Replication replication, Key key, ClientWrite write, Consumer<ClientWrite> then) {
        Coordination.Custom with = custom;
        String name = with == null ? null : with.name().get();
        if (with == null || name == null) {
            then.accept(write);
            return;
        }
        replication.local().read(key, replication.ring().epoch(), Integer.MAX_VALUE, new ReadListener() {
            @Override
            public void held(Held held) {
                byte[] encoded = held.encoded();
                if (encoded == null) {
                    then.accept(write);
                } else {
                    merge(with.resolvers(), name, RecordCodec.decode(encoded), replication.loop(), key, write, then);
                }
            }

            @Override
            public void refused(Refusal why) {
                then.accept(write); // the write itself meets the same, and says so
            }
        });
    }

    private void merge(
            Resolvers resolvers,
            String name,
            KeyRecord held,
            Loop loop,
            Key key,
            ClientWrite write,
            Consumer<ClientWrite> then) {
        byte[] value = write.value();
        List<byte[]> values = new ArrayList<>(values(held, Hlc.millis(hlc.moment()), write.context()));
        if (value == null || values.isEmpty()) {
            // a delete takes away what its coordinator sees, for that is what a reader is shown
            then.accept(write.having(value, held.context()));
            return;
        }
        values.add(value);
        resolvers.resolve(
                name,
                key,
                values,
                loop,
                merged -> then.accept(merged == null ? write : write.having(merged, held.context())));
    }

    /** Of the live siblings that the context does not cover. */
    private static List<byte[]> values(KeyRecord record, long nowMillis, Context seen) {
        return record.siblings().stream()
                .filter(sibling -> sibling.isLive(nowMillis) && !seen.covers(sibling.dot()))
                .map(Sibling::value)
                .toList();
    }

    private static KeyRecord of(KeyRecord record, byte[] value) {
        Sibling one = Sibling.value(record.greatest().orElseThrow(), value);
        return new KeyRecord(record.generation(), List.of(one), record.context());
    }
}
