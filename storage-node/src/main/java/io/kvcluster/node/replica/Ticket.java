package io.kvcluster.node.replica;

import io.kvcluster.node.version.RecordMeta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One append on its way, and who waits for it. */
final class Ticket {
    final List<WriteListener> followers = new ArrayList<>(1);
    final List<Runnable> waiters = new ArrayList<>(0);
    /** Stamped here: others hear of it before it is durable. */
    boolean stamped;

    /** The append has not returned yet; what it says meanwhile is acted on afterwards. */
    boolean entering;

    boolean durableAtOnce;

    @Nullable Refusal refusedAtOnce;

    final RecordMeta meta;
    /** The smallest stamp in it that was not durable before. */
    final long oldest;

    Ticket(WriteListener first, RecordMeta meta, long oldest) {
        this.meta = meta;
        this.oldest = oldest;
        followers.add(first);
    }
}
