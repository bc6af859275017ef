package io.kvcluster.client;

import com.google.protobuf.ByteString;
import io.kvcluster.proto.kv.BatchRequest;
import io.kvcluster.proto.kv.BatchResponse;
import io.kvcluster.proto.kv.BatchResult;
import io.kvcluster.proto.kv.KvServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A batch is no transaction: its operations are independent, so they are grouped by the replica that each key routes to,
 * cut to the service's limits, and sent at once. This happens in rounds: each operation is retried by the same rules as
 * when it came alone, and of several operations of one key each waits until the one before has its outcome.
 */
final class BatchInFlight {
    /** Limits of the service for one request; a group is cut below them. */
    private static final int MOST_OPERATIONS = 1000;

    private static final long MOST_BYTES = 4_000_000;

    private final Engine engine;
    private final List<BatchItem> items;
    private final RequestOptions options;
    private final long deadline;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final CompletableFuture<List<Outcome>> result = new CompletableFuture<>();
    private final Set<Node> tried = new HashSet<>(); // between rounds only
    private int round;

    private record Missed(int index, CallFailure failure, Node node) {}

    BatchInFlight(Engine engine, List<BatchItem> items, RequestOptions options) {
        this.engine = engine;
        this.items = List.copyOf(items);
        this.options = options;
        this.deadline = engine.nanoTime() + options.timeout().toNanos();
        this.outcomes = new AtomicReferenceArray<>(items.size());
    }

    CompletableFuture<List<Outcome>> start() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            all.add(i);
        }
        round(all);
        return result;
    }

    private void round(List<Integer> open) {
        if (open.isEmpty()) {
            finish();
            return;
        }
        round++;
        List<Integer> waiting = new ArrayList<>();
        List<Group> groups = groups(open, waiting);
        AtomicReferenceArray<List<Missed>> missed = new AtomicReferenceArray<>(groups.size());
        AtomicInteger running = new AtomicInteger(groups.size());
        for (int g = 0; g < groups.size(); g++) {
            int slot = g;
            groups.get(g).send(list -> {
                missed.set(slot, list);
                if (running.decrementAndGet() == 0) {
                    List<Missed> all = new ArrayList<>();
                    for (int i = 0; i < missed.length(); i++) {
                        all.addAll(missed.get(i));
                    }
                    nextRound(all, waiting);
                }
            });
        }
    }

    private void nextRound(List<Missed> missed, List<Integer> waiting) {
        long pause = engine.pauseNanos(Duration.ofMillis(10), Duration.ofMillis(500), round);
        // As for single writes: too little time would only turn what is certain into unknown.
        long fair = Math.min(Duration.ofSeconds(1).toNanos(), options.timeout().toNanos() / 3);
        boolean time = deadline - engine.nanoTime() - pause > fair;
        if (round % 8 == 0) {
            tried.clear();
        }
        List<Integer> again = new ArrayList<>(waiting);
        for (Missed miss : missed) {
            CallFailure failure = miss.failure();
            if (failure.nodeSuspect()) {
                miss.node().distrust();
                engine.discovery().want();
            }
            boolean safe = failure.nothingApplied() || items.get(miss.index()) instanceof BatchItem.Get;
            if (time && failure.retryable() && safe) {
                tried.add(miss.node());
                again.add(miss.index());
            } else {
                outcomes.set(miss.index(), ended(miss.index(), failure));
            }
        }
        again.sort(null);
        try {
            engine.timer()
                    .schedule(() -> round(again), again.size() == waiting.size() ? 0 : pause, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            CallFailure closed = CallFailure.of(ClientReason.CLIENT_CLOSED, "the client was closed");
            again.forEach(index -> outcomes.set(index, ended(index, closed)));
            finish();
        }
    }

    private Outcome ended(int index, CallFailure failure) {
        return items.get(index) instanceof BatchItem.Get ? Messages.notRead(failure) : Messages.notWritten(failure);
    }

    private void finish() {
        List<Outcome> all = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            Outcome outcome = outcomes.get(i);
            all.add(outcome != null ? outcome : ended(i, CallFailure.of(ClientReason.PROTOCOL, "no result")));
        }
        result.complete(List.copyOf(all));
    }

    /** By the node that each key routes to; further operations of the same key go to {@code waiting}. */
    private List<Group> groups(List<Integer> open, List<Integer> waiting) {
        Set<ByteString> keys = new HashSet<>();
        Map<Node, Group> current = new LinkedHashMap<>();
        List<Group> all = new ArrayList<>();
        for (int index : open) {
            BatchItem item = items.get(index);
            if (!keys.add(item.key())) {
                waiting.add(index);
                continue;
            }
            Node node = engine.nodes().choose(item.key().toByteArray(), tried);
            Group group = current.get(node);
            if (group == null || !group.hasRoomFor(item)) {
                group = new Group(node);
                current.put(node, group);
                all.add(group);
            }
            group.add(index);
        }
        return all;
    }

    /** One request of the batch call. */
    private final class Group {
        private final Node node;
        private final List<Integer> indexes = new ArrayList<>();
        private long bytes;

        Group(Node node) {
            this.node = node;
        }

        boolean hasRoomFor(BatchItem item) {
            return indexes.size() < MOST_OPERATIONS && bytes + size(item) <= MOST_BYTES;
        }

        void add(int index) {
            indexes.add(index);
            bytes += size(items.get(index));
        }

        private static long size(BatchItem item) {
            return item.key().size()
                    + 32L
                    + (item instanceof BatchItem.Put put ? put.value().size() : 0);
        }

        void send(Consumer<List<Missed>> then) {
            BatchRequest.Builder request = BatchRequest.newBuilder()
                    .setConsistency(options.level().wire())
                    .setRingEpoch(engine.nodes().topology().epoch());
            indexes.forEach(index -> request.addOperations(Messages.item(items.get(index))));
            long left = Math.max(1, deadline - engine.nanoTime());
            node.send(KvServiceGrpc.getBatchMethod(), request.build(), left, answer -> {
                switch (answer) {
                    case UnaryCall.Answer.Got(BatchResponse response, Node at) -> then.accept(read(response, at));
                    case UnaryCall.Answer.Missed(CallFailure failure, Node at) ->
                        then.accept(indexes.stream()
                                .map(index -> new Missed(index, failure, at))
                                .toList());
                }
            });
        }

        private List<Missed> read(BatchResponse response, Node at) {
            List<Missed> missed = new ArrayList<>();
            for (int i = 0; i < indexes.size(); i++) {
                int index = indexes.get(i);
                BatchResult one =
                        i < response.getResultsCount() ? response.getResults(i) : BatchResult.getDefaultInstance();
                switch (one.getResultCase()) {
                    case GOT -> {
                        engine.discovery().heard(one.getGot().getServedBy().getRingEpoch(), at);
                        outcomes.set(index, Messages.found(one.getGot()));
                    }
                    case WRITTEN -> {
                        engine.discovery().heard(one.getWritten().getServedBy().getRingEpoch(), at);
                        outcomes.set(index, Messages.applied(one.getWritten()));
                    }
                    case FAILURE -> missed.add(new Missed(index, CallFailure.of(one.getFailure()), at));
                    case RESULT_NOT_SET ->
                        missed.add(new Missed(
                                index,
                                new CallFailure(
                                        ClientReason.PROTOCOL.name(), at + " sent no result", false, false, false),
                                at));
                }
            }
            return missed;
        }
    }
}
