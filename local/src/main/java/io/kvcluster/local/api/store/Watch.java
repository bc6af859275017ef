package io.kvcluster.local.api.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one collection, or of all, from a point on, handed to one reader. A reader that falls behind by more than a bounded
 * number of changes is cut off: it has to list again, as with the real API server.
 */
public final class Watch implements AutoCloseable {
    private static final int MAX_PENDING = 10_000;

    private final BlockingQueue<Change> queue = new LinkedBlockingQueue<>(MAX_PENDING);
    private final String resource;
    private final List<ObjectNode> initial;
    private final long revision;
    private final ObjectStore store;
    private volatile boolean cutOff;

    Watch(ObjectStore store, String resource, List<ObjectNode> initial, long revision) {
        this.store = store;
        this.resource = resource;
        this.initial = initial;
        this.revision = revision;
    }

    /** The objects when the watch began; empty for a watch that continues from a known revision. */
    public List<ObjectNode> initial() {
        return initial;
    }

    /** The revision at which the watch began. */
    public long revision() {
        return revision;
    }

    /** The next change, or null when none came in time. */
    public @Nullable Change poll(long timeout, TimeUnit unit) throws InterruptedException {
        return queue.poll(timeout, unit);
    }

    /** Whether no further change will come: the reader was too slow, the watch was closed, or the store was. */
    public boolean ended() {
        return cutOff && queue.isEmpty();
    }

    void offer(Change change) {
        boolean concerns = resource.isEmpty() || change.key().resource().equals(resource);
        if (concerns && !queue.offer(change)) {
            cutOff = true;
        }
    }

    boolean isCutOff() {
        return cutOff;
    }

    void cutOff() {
        cutOff = true;
    }

    @Override
    public void close() {
        cutOff = true;
        store.forget(this);
    }
}
