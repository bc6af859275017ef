package io.kvcluster.e2e.chaos;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.history.Action;
import io.kvcluster.history.History;
import io.kvcluster.history.HistoryEvent;
import io.kvcluster.history.HistoryRecorder;
import io.kvcluster.history.Outcome;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * During each fault a client puts keys that are never touched again, at quorum. Afterwards each replica is asked at level local until
 * it has them all: that is when the fault has left no trace, although the other clients go on.
 */
final class Probes implements AutoCloseable {
    private static final long PUT_EVERY_MILLIS = 50;
    private static final long LOOK_EVERY_MILLIS = 200;
    private static final int READS_A_LOOK = 64;
    private static final RequestOptions PUT =
            RequestOptions.DEFAULT.at(Level.QUORUM).within(Duration.ofSeconds(5));
    private static final RequestOptions LOOK =
            RequestOptions.DEFAULT.at(Level.LOCAL).within(Duration.ofSeconds(1));

    private final KvClient client;
    private final Queue<HistoryEvent> events = new ConcurrentLinkedQueue<>();
    private final HistoryRecorder recorder = new HistoryRecorder(System::nanoTime, events::add);
    private final Map<String, Acknowledged> newest = new ConcurrentHashMap<>();
    private final List<Trace> traces = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(2);
    private volatile boolean faulty;

    /** The keys of one fault. */
    static final class Trace {
        private final List<String> acknowledged = new CopyOnWriteArrayList<>();
        /** Of these, from the first on, every replica had them when it was asked. */
        private int everywhere;

        private volatile long endNanos;
        private volatile long everywhereNanos;

        private boolean isOpen() {
            return endNanos != 0 && everywhereNanos == 0;
        }

        /** From the end of the fault until every replica had everything that was acknowledged during it; empty: not while anybody looked. */
        Optional<Duration> timeToEqual() {
            return everywhereNanos == 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos(Math.max(0, everywhereNanos - endNanos)));
        }
    }

    Probes(KvClient client) {
        this.client = client;
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        threads.scheduleAtFixedRate(this::put, 0, PUT_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        threads.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Of the fault that begins now. */
    Trace begin() {
        Trace trace = new Trace();
        traces.add(trace);
        faulty = true;
        return trace;
    }

    void end() {
        faulty = false;
        traces.getLast().endNanos = System.nanoTime();
    }

    private void put() {
        if (!faulty) {
            return;
        }
        Trace trace = traces.getLast();
        String key = "probe-" + traces.size() + "-" + trace.acknowledged.size() + "-" + System.nanoTime();
        HistoryRecorder.Invocation operation = recorder.invoke("probe", key, Action.put(key));
        WriteOutcome outcome = client.put(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(key), PUT);
        operation.complete(
                switch (outcome) {
                    case WriteOutcome.Applied _ -> Outcome.applied();
                    case WriteOutcome.NotApplied(String reason, String message, boolean _) ->
                        Outcome.notApplied(reason + ": " + message);
                    case WriteOutcome.Unknown(String reason, String message) ->
                        Outcome.unknown(reason + ": " + message);
                });
        Acknowledged.of(outcome, key).ifPresent(write -> {
            newest.put(key, write);
            trace.acknowledged.add(key);
        });
    }

    private void look() {
        client.ring().ifPresent(ring -> traces.stream().filter(Trace::isOpen).forEach(trace -> look(trace, ring)));
    }

    /** Who the replicas are changes with the ring: asked are those of now. */
    private void look(Trace trace, Ring ring) {
        int end = Math.min(trace.acknowledged.size(), trace.everywhere + READS_A_LOOK);
        List<CompletableFuture<Boolean>> answers = trace.acknowledged.subList(trace.everywhere, end).stream()
                .map(key -> areAllHolding(key, ring))
                .toList();
        for (CompletableFuture<Boolean> answer : answers) {
            if (!answer.join()) {
                return;
            }
            trace.everywhere++;
        }
        if (trace.everywhere == trace.acknowledged.size()) {
            trace.everywhereNanos = System.nanoTime();
        }
    }

    private CompletableFuture<Boolean> areAllHolding(String key, Ring ring) {
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (Member replica : ring.replicas(ring.partitionOf(key.getBytes(StandardCharsets.UTF_8)))) {
            all = all.thenCombine(
                    client.getFromAsync(replica.getStoreId(), ByteString.copyFromUtf8(key), LOOK),
                    (so, outcome) -> so && outcome instanceof GetOutcome.Found);
        }
        return all;
    }

    /** Ends the puts. */
    Population stop() {
        faulty = false;
        close();
        return new Population("probes", Level.QUORUM, History.ofEvents(new ArrayList<>(events)), Map.copyOf(newest));
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the probes do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
