package io.kvcluster.local.api.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one API server. One thread owns them: every piece of work runs there, one after the other, so reading,
 * checking and writing need no locks. Writes of a batch are forced to disk together, and only then answered and shown to
 * watches.
 */
public final class ObjectStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStore.class);
    private static final int MAX_BATCH = 64;
    private static final int MAX_WAITING = 4096;
    private static final int MAX_HISTORY = 5_000;

    private final NavigableMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
    private final Journal journal;
    private final BlockingQueue<Work<?>> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final ArrayDeque<Change> history = new ArrayDeque<>();
    private final List<Change> uncommitted = new ArrayList<>();
    private final Set<Watch> watches = new HashSet<>();
    private final Thread owner;
    private long revision;
    private long historyStart;
    private volatile boolean stopping;
    private volatile boolean closed;

    private record Work<R>(Function<Transaction, R> task, CompletableFuture<R> answer, List<Runnable> done) {
        void run(Transaction transaction) {
            try {
                R result = task.apply(transaction);
                done.add(() -> answer.complete(result));
            } catch (RuntimeException e) {
                done.add(() -> answer.completeExceptionally(e));
            }
        }
    }

    private ObjectStore(Path file) throws IOException {
        Journal.Opened opened = Journal.open(file, objects);
        this.journal = opened.journal();
        this.revision = Math.max(1, opened.revision());
        this.historyStart = revision;
        this.owner = Thread.ofPlatform().name("object-store").daemon(true).start(this::loop);
    }

    /** @throws IOException when the file cannot be read, or is damaged */
    public static ObjectStore open(Path file) throws IOException {
        return new ObjectStore(file);
    }

    /**
     * Runs the work on the owner's thread and waits for its answer and for its writes to be on disk.
     *
     * @throws ApiError what the work threw, or 503 when the store is closed, broken or overloaded
     */
    public <R> R call(Function<Transaction, R> task) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        if (stopping || closed || !waiting.offer(new Work<>(task, answer, new ArrayList<>(1)))) {
            throw ApiError.unavailable(
                    stopping || closed ? "the API server is stopped" : "too many requests are waiting");
        }
        if (closed) {
            waiting.forEach(this::refuse);
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ApiError error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException bug) {
                throw bug;
            }
            throw e;
        }
    }

    /** Watches a collection from now on, with the objects that are there. */
    public Watch watchFromNow(String resource) {
        return call(tx -> {
            Watch watch = new Watch(this, resource, tx.list(resource, ""), revision);
            watches.add(watch);
            return watch;
        });
    }

    /** Watches every collection from now on, without the objects that are there. */
    public Watch watchEverything() {
        return call(tx -> {
            Watch watch = new Watch(this, "", List.of(), revision);
            watches.add(watch);
            return watch;
        });
    }

    /**
     * Watches a collection from the change after a revision.
     *
     * @throws ApiError 410 when changes since then are no longer known
     */
    public Watch watchAfter(String resource, long after) {
        return call(tx -> {
            if (after < historyStart) {
                throw ApiError.expired("too old resource version: " + after + " (" + historyStart + ")");
            }
            Watch watch = new Watch(this, resource, List.of(), after);
            history.stream().filter(change -> change.revision() > after).forEach(watch::offer);
            watches.add(watch);
            return watch;
        });
    }

    void forget(Watch watch) {
        if (!closed) {
            waiting.offer(new Work<>(tx -> watches.remove(watch), new CompletableFuture<>(), new ArrayList<>(1)));
        }
    }

    private void loop() {
        List<Work<?>> batch = new ArrayList<>();
        try {
            while (!stopping || !waiting.isEmpty()) {
                batch.add(waiting.take());
                waiting.drainTo(batch, MAX_BATCH - 1);
                batch.forEach(work -> work.run(new Pass()));
                journal.force(objects, revision);
                publish();
                batch.forEach(work -> work.done().forEach(Runnable::run));
                batch.clear();
            }
        } catch (InterruptedException e) {
            LOG.debug("object store stopped");
        } catch (IOException | RuntimeException e) {
            LOG.error("the object store cannot write any more and stops", e);
        } finally {
            closed = true;
            batch.forEach(this::refuse);
            waiting.forEach(this::refuse);
            watches.forEach(Watch::cutOff);
        }
    }

    private void publish() {
        for (Change change : uncommitted) {
            history.addLast(change);
            if (history.size() > MAX_HISTORY) {
                historyStart = history.removeFirst().revision();
            }
            watches.forEach(watch -> watch.offer(change));
        }
        uncommitted.clear();
        watches.removeIf(Watch::isCutOff);
    }

    private void refuse(Work<?> work) {
        work.answer().completeExceptionally(ApiError.unavailable("the API server is stopped"));
    }

    /** Stops the owner; what was answered is on disk. */
    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            if (!closed) {
                // Wakes the owner without an interrupt, which would close the file under a write.
                waiting.put(new Work<>(Transaction::revision, new CompletableFuture<>(), new ArrayList<>(1)));
            }
            owner.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        journal.close();
    }

    /** The transaction of one piece of work; only ever used on the owner's thread. */
    private final class Pass implements Transaction {
        @Override
        public Optional<ObjectNode> get(ObjectKey key) {
            return Optional.ofNullable(objects.get(key));
        }

        @Override
        public List<ObjectNode> list(String resource, String namespace) {
            List<ObjectNode> found = new ArrayList<>();
            ObjectKey from = new ObjectKey(resource, namespace, "");
            for (var entry : objects.tailMap(from, true).entrySet()) {
                ObjectKey key = entry.getKey();
                if (!key.resource().equals(resource)
                        || !namespace.isEmpty() && !key.namespace().equals(namespace)) {
                    break;
                }
                found.add(entry.getValue());
            }
            return found;
        }

        @Override
        public long revision() {
            return revision;
        }

        @Override
        public ObjectNode put(ObjectKey key, ObjectNode object) {
            ObjectNode stored = Json.normalised(object);
            revision++;
            Json.metadata(stored).put("resourceVersion", Long.toString(revision));
            ObjectNode previous = objects.put(key, stored);
            journal.append(revision, key, stored);
            Change.Type type = previous == null ? Change.Type.ADDED : Change.Type.MODIFIED;
            uncommitted.add(new Change(revision, type, key, stored, previous));
            return stored;
        }

        @Override
        public void delete(ObjectKey key) {
            ObjectNode previous = objects.remove(key);
            if (previous == null) {
                return;
            }
            revision++;
            ObjectNode last = previous.deepCopy();
            Json.metadata(last).put("resourceVersion", Long.toString(revision));
            journal.append(revision, key, null);
            uncommitted.add(new Change(revision, Change.Type.DELETED, key, last, previous));
        }
    }
}
