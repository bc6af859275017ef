package io.kvcluster.node.replica;

import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordMeta;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A key with versions on their way to the disk, or whose values are being loaded. State of {@link PartitionReplica} alone. */
final class Pending {
    /** The newest version on its way; unset only while loading. */
    @SuppressWarnings("NullAway.Init")
    KeyRecord newest;

    @SuppressWarnings("NullAway.Init")
    Ticket last;

    /** What the index holds. */
    @Nullable RecordMeta durable;

    boolean loading;
    /** A version that was stamped and announced here was refused by the disk. */
    boolean owing;

    final ArrayDeque<Runnable> blocked = new ArrayDeque<>(0);
    /** Appends end in their order, so that the first is nearly always the one that leaves. */
    final ArrayDeque<Ticket> onTheWay = new ArrayDeque<>(1);

    Pending(@Nullable RecordMeta durable) {
        this.durable = durable;
    }
}
