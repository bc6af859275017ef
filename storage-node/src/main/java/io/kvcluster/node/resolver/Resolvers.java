package io.kvcluster.node.resolver;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.resolver.ResolverEvents.Failure;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.resolver.ConflictResolver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The resolvers of this node, by name. */
public final class Resolvers {
    /** Calls at a time. */
    public static final int THREADS = 2;

    /** Calls that wait for a thread. */
    public static final int QUEUE = 256;

    private static final Logger log = LoggerFactory.getLogger(Resolvers.class);

    private final Map<String, ConflictResolver> byName;
    private final Environment.Worker worker;
    private final ResolverEvents events;
    /** Calls that nobody waits for any more and that have not ended. */
    private final AtomicInteger overdue = new AtomicInteger();

    /** @param worker with {@link #THREADS} threads and a queue of {@link #QUEUE}, for this alone */
    public Resolvers(Map<String, ConflictResolver> byName, Environment.Worker worker, ResolverEvents events) {
        this.byName = Map.copyOf(byName);
        this.worker = worker;
        this.events = events;
    }

    /**
     * Merges the values, in this order, and tells the result on {@code loop}, possibly before this returns and at the latest after
     * {@link Limits#RESOLVER_MILLIS}: null when there is none, and the values stay as they are.
     *
     * @param values at least two; not changed
     */
    public void resolve(String name, Key key, List<byte[]> values, Loop loop, Consumer<byte @Nullable []> done) {
        ConflictResolver resolver = byName.get(name);
        if (resolver == null) {
            events.failed(Failure.MISSING);
            done.accept(null);
            return;
        }
        Call call = new Call(resolver, key, List.copyOf(values), loop, done);
        if (overdue.get() >= THREADS || !worker.offer(call::run)) {
            events.failed(Failure.BUSY);
            done.accept(null);
            return;
        }
        call.limit = loop.after(Limits.RESOLVER_MILLIS * 1_000_000L, call::giveUp);
    }

    /** One call: run on the worker, ended on the loop, by its result or by the limit, whichever is first. */
    private final class Call {
        private final ConflictResolver resolver;
        private final Key key;
        private final List<byte[]> values;
        private final Loop loop;
        private final Consumer<byte @Nullable []> done;
        /** On the loop. */
        Loop.@Nullable Timer limit;

        private boolean ended;
        private final AtomicInteger state = new AtomicInteger(WAITING);

        private static final int WAITING = 0;
        private static final int RUNNING = 1;
        private static final int OVERDUE = 2;
        private static final int OVER = 3;

        Call(ConflictResolver resolver, Key key, List<byte[]> values, Loop loop, Consumer<byte @Nullable []> done) {
            this.resolver = resolver;
            this.key = key;
            this.values = values;
            this.loop = loop;
            this.done = done;
        }

        /** On the worker. */
        void run() {
            if (!state.compareAndSet(WAITING, RUNNING)) {
                return; // given up while it waited
            }
            byte @Nullable [] result = null;
            Failure failure = null;
            try {
                result = merged();
                failure = result.length > Limits.VALUE_BYTES ? Failure.TOO_LARGE : null;
            } catch (Throwable thrown) { // a user's code: an Error of it must not end the node either
                failure = Failure.THREW;
                log.warn("event=resolver-threw resolver={} key={} error={}", resolver.name(), key, thrown.toString());
            }
            if (state.getAndSet(OVER) == OVERDUE) {
                overdue.decrementAndGet();
                return;
            }
            byte[] value = failure == null ? result : null;
            Failure why = failure;
            loop.post(() -> end(value, why));
        }

        private byte[] merged() {
            byte[] merged = values.getFirst().clone();
            for (byte[] value : values.subList(1, values.size())) {
                merged = resolver.merge(key.bytes().clone(), merged, value.clone());
                if (merged == null) {
                    throw new NullPointerException("merge gave null");
                }
            }
            return merged;
        }

        private void giveUp() {
            if (state.compareAndSet(RUNNING, OVERDUE)) {
                overdue.incrementAndGet();
            } else {
                state.compareAndSet(WAITING, OVER);
            }
            end(null, Failure.TOO_SLOW);
        }

        private void end(byte @Nullable [] value, @Nullable Failure why) {
            if (ended) {
                return;
            }
            ended = true;
            if (limit != null) {
                limit.cancel();
            }
            if (why == null) {
                events.resolved(values.size());
            } else {
                events.failed(why);
            }
            done.accept(value);
        }
    }
}
