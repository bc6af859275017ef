package io.kvcluster.client;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.kvcluster.proto.kv.ClusterServiceGrpc;
import io.kvcluster.proto.kv.GetMappingRequest;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.GetNodesRequest;
import io.kvcluster.proto.kv.GetNodesResponse;
import io.kvcluster.proto.kv.GetResponse;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.ListKeysRequest;
import io.kvcluster.proto.kv.ListKeysResponse;
import io.kvcluster.proto.kv.WriteResponse;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A client of one cluster. Any thread may use it; one is enough for a process. It connects by itself, waits for the
 * cluster within each operation's timeout, and never throws for what happens on the way: outcomes say it.
 *
 * <p>Futures always complete normally, on a network thread: continuations must not block, or must move to another
 * executor. The forms without future block the calling thread; an interrupt ends the wait, not the operation.
 */
public final class KvClient implements AutoCloseable {
    private final Engine engine;
    private final Semaphore room;
    private final AutoCloseable network;

    private KvClient(
            KvClientConfig config,
            Function<Address, Connection> connector,
            AutoCloseable network,
            LongSupplier nanoTime) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("kv-client-timer").factory());
        Nodes nodes = new Nodes(config, connector, nanoTime);
        Discovery discovery = new Discovery(nodes, nanoTime);
        this.engine = new Engine(nodes, discovery, timer, nanoTime, new Random());
        this.room = new Semaphore(config.maxInFlight());
        this.network = network;
        discovery.start(timer);
    }

    /** Returns at once; connections are made in the background. */
    public static KvClient connect(KvClientConfig config) {
        NettyConnector connector = new NettyConnector(config.networkThreads(), config.sessions());
        return new KvClient(config, connector, connector, System::nanoTime);
    }

    /** Over channels that have no thread of their own, so without sessions. */
    static KvClient connect(KvClientConfig config, Function<Address, ManagedChannel> connector) {
        return new KvClient(
                config, address -> new Connection(connector.apply(address), null), () -> {}, System::nanoTime);
    }

    public GetOutcome get(ByteString key, RequestOptions options) {
        return await(
                getAsync(key, options),
                () -> new GetOutcome.Failed(ClientReason.INTERRUPTED.name(), "interrupted while waiting", true));
    }

    public WriteOutcome put(ByteString key, ByteString value, RequestOptions options) {
        return await(putAsync(key, value, options), KvClient::interruptedWrite);
    }

    public WriteOutcome delete(ByteString key, RequestOptions options) {
        return await(deleteAsync(key, options), KvClient::interruptedWrite);
    }

    /** Outcomes in the order of the items. Not a transaction: each item ends on its own. */
    public List<Outcome> batch(List<BatchItem> items, RequestOptions options) {
        return await(
                batchAsync(items, options),
                () -> items.stream()
                        .<Outcome>map(item -> item instanceof BatchItem.Get
                                ? new GetOutcome.Failed(
                                        ClientReason.INTERRUPTED.name(), "interrupted while waiting", true)
                                : interruptedWrite())
                        .toList());
    }

    public CompletableFuture<GetOutcome> getAsync(ByteString key, RequestOptions options) {
        return getAsync(routed(key), key, options);
    }

    /** Asks this member alone, whether or not it holds the key: with level {@code local}, what is on its disk. */
    public CompletableFuture<GetOutcome> getFromAsync(String storeId, ByteString key, RequestOptions options) {
        Optional<Node> node = engine.nodes().member(storeId);
        return node.isEmpty()
                ? CompletableFuture.completedFuture(new GetOutcome.Failed(
                        ClientReason.NODE_UNREACHABLE.name(), "no member has store id " + storeId, true))
                : getAsync(only(node.get()), key, options);
    }

    public CompletableFuture<WriteOutcome> putAsync(ByteString key, ByteString value, RequestOptions options) {
        return bounded(
                Messages::notWritten,
                () -> write(
                        KvServiceGrpc.getPutMethod(), key, options, epoch -> Messages.put(key, value, options, epoch)));
    }

    public CompletableFuture<WriteOutcome> deleteAsync(ByteString key, RequestOptions options) {
        return bounded(
                Messages::notWritten,
                () -> write(
                        KvServiceGrpc.getDeleteMethod(), key, options, epoch -> Messages.delete(key, options, epoch)));
    }

    public CompletableFuture<List<Outcome>> batchAsync(List<BatchItem> items, RequestOptions options) {
        return bounded(
                failure -> items.stream()
                        .<Outcome>map(item -> item instanceof BatchItem.Get
                                ? Messages.notRead(failure)
                                : Messages.notWritten(failure))
                        .toList(),
                () -> new BatchInFlight(engine, items, options).start());
    }

    /** What is known now: empty before the first contact, and before the cluster has a ring. */
    public Optional<Ring> ring() {
        return engine.nodes().topology().ring();
    }

    /**
     * Waits for a ring and for a connection to each member that the asked node holds to be up.
     *
     * @return false when the time ran out; operations work all the same, by way of the seeds
     */
    public boolean awaitConnected(Duration timeout) {
        CountDownLatch connected = new CountDownLatch(1);
        var check = engine.timer()
                .scheduleWithFixedDelay(
                        () -> {
                            if (isConnected()) {
                                connected.countDown();
                            }
                        },
                        0,
                        20,
                        TimeUnit.MILLISECONDS);
        try {
            return connected.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            check.cancel(false);
        }
    }

    /** Where this client reaches each member, by name; empty before the first contact. */
    public Map<String, Address> addresses() {
        return addresses(_ -> true);
    }

    /** Those of {@link #addresses} to which no connection stands now. */
    public Map<String, Address> unconnected() {
        return addresses(node -> !node.isReady());
    }

    private Map<String, Address> addresses(Predicate<Node> which) {
        Topology known = engine.nodes().topology();
        Map<String, Address> addresses = new LinkedHashMap<>();
        for (Member member : known.ring().map(Ring::members).orElse(List.of())) {
            Node node = known.nodesByStore().get(member.getStoreId());
            if (node != null && which.test(node)) {
                addresses.put(member.getName(), node.address());
            }
        }
        return addresses;
    }

    /**
     * A page of the keys that one member's own replica of a partition holds.
     *
     * @param after the last key of the page before; empty for the first page
     */
    public KeysOutcome keys(String storeId, int partition, ByteString after, Duration timeout) {
        Optional<Node> node = engine.nodes().member(storeId);
        if (node.isEmpty()) {
            return new KeysOutcome.Failed(ClientReason.NODE_UNREACHABLE.name(), "no member has store id " + storeId);
        }
        return await(
                new Attempts<>(
                                engine,
                                Attempts.Kind.READ,
                                KvServiceGrpc.getListKeysMethod(),
                                only(node.get()),
                                timeout,
                                _ -> ListKeysRequest.newBuilder()
                                        .setPartition(partition)
                                        .setAfter(after)
                                        .build(),
                                (ListKeysResponse page) ->
                                        (KeysOutcome) new KeysOutcome.Page(page.getKeysList(), page.getLast()),
                                failure -> new KeysOutcome.Failed(failure.reason(), failure.message()))
                        .start(),
                () -> new KeysOutcome.Failed(ClientReason.INTERRUPTED.name(), "interrupted while waiting"));
    }

    /** One question about the cluster to this member alone. It may be asked again within the time, so it must do no harm twice. */
    <Q, R> CompletableFuture<Answer<R>> ask(
            String storeId, MethodDescriptor<Q, R> method, Q question, Duration timeout) {
        Optional<Node> node = engine.nodes().member(storeId);
        return node.isEmpty()
                ? CompletableFuture.completedFuture(
                        new Answer.Failed<>(ClientReason.NODE_UNREACHABLE.name(), "no member has store id " + storeId))
                : ask(only(node.get()), method, question, timeout);
    }

    private <Q, R> CompletableFuture<Answer<R>> ask(
            Attempts.Target target, MethodDescriptor<Q, R> method, Q question, Duration timeout) {
        return new Attempts<Q, R, Answer<R>>(
                        engine,
                        Attempts.Kind.READ,
                        method,
                        target,
                        timeout,
                        _ -> question,
                        KvClient::answered,
                        KvClient::<R>missed)
                .start();
    }

    /** The members as some node sees them now. */
    public Answer<GetNodesResponse> nodes(Duration timeout) {
        return await(
                ask(anyNode(), ClusterServiceGrpc.getGetNodesMethod(), GetNodesRequest.getDefaultInstance(), timeout),
                KvClient::interrupted);
    }

    /** Where a key lives, as some node sees it now. */
    public Answer<GetMappingResponse> mapping(ByteString key, Duration timeout) {
        GetMappingRequest question = GetMappingRequest.newBuilder().setKey(key).build();
        return await(
                ask(anyNode(), ClusterServiceGrpc.getGetMappingMethod(), question, timeout), KvClient::interrupted);
    }

    /** An answer about the cluster itself. */
    public sealed interface Answer<T> {
        record Got<T>(T value) implements Answer<T> {}

        record Failed<T>(String reason, String message) implements Answer<T> {}
    }

    /** Operations in flight end Unknown, or not applied when they had not left. */
    @Override
    public void close() {
        engine.timer().shutdownNow();
        engine.nodes().close();
        try {
            network.close();
        } catch (Exception e) {
            throw new IllegalStateException("network threads did not end", e);
        }
    }

    private CompletableFuture<GetOutcome> getAsync(Attempts.Target target, ByteString key, RequestOptions options) {
        return bounded(
                Messages::notRead,
                () -> new Attempts<>(
                                engine,
                                Attempts.Kind.READ,
                                KvServiceGrpc.getGetMethod(),
                                target,
                                options.timeout(),
                                epoch -> Messages.get(key, options, epoch),
                                (GetResponse response) -> {
                                    engine.discovery()
                                            .heard(response.getServedBy().getRingEpoch());
                                    return Messages.found(response);
                                },
                                Messages::notRead)
                        .start());
    }

    private <Q> CompletableFuture<WriteOutcome> write(
            MethodDescriptor<Q, WriteResponse> method,
            ByteString key,
            RequestOptions options,
            java.util.function.LongFunction<Q> request) {
        return new Attempts<>(
                        engine,
                        Attempts.Kind.WRITE,
                        method,
                        routed(key),
                        options.timeout(),
                        request,
                        (WriteResponse response) -> {
                            engine.discovery().heard(response.getServedBy().getRingEpoch());
                            return Messages.applied(response);
                        },
                        Messages::notWritten)
                .start();
    }

    private <O> CompletableFuture<O> bounded(
            Function<CallFailure, O> refused, Supplier<CompletableFuture<O>> operation) {
        if (!room.tryAcquire()) {
            return CompletableFuture.completedFuture(refused.apply(new CallFailure(
                    ClientReason.CLIENT_OVERLOADED.name(),
                    "too many operations in flight in this client",
                    true,
                    true,
                    false)));
        }
        CompletableFuture<O> outcome = operation.get();
        outcome.whenComplete((_, _) -> room.release());
        return outcome;
    }

    private Attempts.Target routed(ByteString key) {
        byte[] bytes = key.toByteArray();
        return new Attempts.Target() {
            @Override
            public Node choose(Set<Node> tried) {
                return engine.nodes().choose(bytes, tried);
            }

            @Override
            public boolean hasAlternatives() {
                return engine.nodes().all().size() > 1;
            }
        };
    }

    private Attempts.Target anyNode() {
        return new Attempts.Target() {
            @Override
            public Node choose(Set<Node> tried) {
                return engine.nodes().chooseAny(tried);
            }

            @Override
            public boolean hasAlternatives() {
                return engine.nodes().all().size() > 1;
            }
        };
    }

    private static Attempts.Target only(Node node) {
        return new Attempts.Target() {
            @Override
            public Node choose(Set<Node> tried) {
                return node;
            }

            @Override
            public boolean hasAlternatives() {
                return false;
            }
        };
    }

    private boolean isConnected() {
        Topology known = engine.nodes().topology();
        return known.ring().isPresent()
                && known.views().stream()
                        .filter(view -> view.getUp())
                        .map(view -> known.nodesByStore().get(view.getStoreId()))
                        .allMatch(node -> node == null || node.isReady());
    }

    private static <T> Answer<T> answered(T value) {
        return new Answer.Got<>(value);
    }

    private static <T> Answer<T> missed(CallFailure failure) {
        return new Answer.Failed<>(failure.reason(), failure.message());
    }

    private static <T> Answer<T> interrupted() {
        return new Answer.Failed<>(ClientReason.INTERRUPTED.name(), "interrupted while waiting");
    }

    private static WriteOutcome interruptedWrite() {
        return new WriteOutcome.Unknown(ClientReason.INTERRUPTED.name(), "interrupted while waiting");
    }

    private static <T> T await(CompletableFuture<T> future, Supplier<T> interrupted) {
        try {
            return future.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return interrupted.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an operation failed in the client itself", e.getCause());
        }
    }
}
