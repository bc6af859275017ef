package io.kvcluster.node.peer;

import io.grpc.BindableService;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.ring.RingTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A peer room over real gRPC with real threads; answers each read with its key. */
final class GrpcNode implements LocalStore, RingExchange, HlcObserver, PeerRequestHandler, AutoCloseable {
    final String name;
    final SystemEnvironment environment;
    final Clock clock;
    final GrpcTransport transport;
    final List<Loop> askers;
    final PeerNetwork room;
    private final String host;
    private final int incarnation;
    volatile String clusterId = "cluster-1";
    volatile boolean answering = true;

    GrpcNode(String name, String host, int incarnation, Path directory, BindableService... others) throws IOException {
        this.name = name;
        this.host = host;
        this.incarnation = incarnation;
        this.environment = new SystemEnvironment(new FileDisk(directory));
        this.clock = environment.clock();
        this.transport = new GrpcTransport(new GrpcTransport.Config(host, 0, 1), environment.network(1));
        this.askers =
                List.of(environment.newLoop(name + "-core-0", 100_000), environment.newLoop(name + "-core-1", 100_000));
        this.room = new PeerNetwork(
                PeerConfig.defaults(),
                new PeerWiring(
                        this,
                        this,
                        this,
                        transport,
                        clock,
                        environment.newRandom("peer"),
                        environment.newLoop(name + "-peers", 1_000),
                        askers));
        room.start(this);
        transport.start(List.of(others));
    }

    PeerTarget target() {
        return new PeerTarget(storeId(), name, List.of(host + ":" + transport.port()), 1);
    }

    void linkWith(GrpcNode... others) {
        room.targets(Arrays.stream(others).map(GrpcNode::target).toList());
    }

    PeerReport report(String peer) {
        return room.reports().stream()
                .filter(report -> report.name().equals(peer))
                .findFirst()
                .orElse(new PeerReport("", peer, false, 0, 0, "", 0, false, "unknown"));
    }

    boolean isLinkedWith(String peer) {
        return !report(peer).address().isEmpty();
    }

    /** The record of the answer, or the name of the failure. */
    CompletableFuture<String> ask(String peer, String key) {
        return ask(peer, PeerCluster.read(key), 0, 5_000);
    }

    CompletableFuture<String> ask(String peer, PeerMessage.Builder request, int loop, long withinMillis) {
        CompletableFuture<String> heard = new CompletableFuture<>();
        askers.get(loop)
                .post(() -> room.ask(
                        PeerCluster.storeIdOf(peer),
                        request,
                        askers.get(loop),
                        clock.nanos() + withinMillis * 1_000_000,
                        new AnswerListener() {
                            @Override
                            public void answered(PeerMessage answer) {
                                heard.complete(
                                        answer.getReadAnswer().getRecord().toStringUtf8());
                            }

                            @Override
                            public void failed(PeerFailure why) {
                                heard.complete(why.name());
                            }
                        }));
        return heard;
    }

    String askAndWait(String peer, String key) throws Exception {
        return ask(peer, key).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void handle(String fromStoreId, List<PeerMessage> requests, Responder responder) {
        if (answering) {
            askers.get(0)
                    .post(() -> requests.forEach(request -> responder.answer(
                            request.hasWriteRequest() ? PeerBench.written(request) : PeerCluster.answerTo(request))));
        }
    }

    @Override
    public long current() {
        return clock.wallMillis() << 16;
    }

    @Override
    public boolean tryObserve(long hlc) {
        return true;
    }

    @Override
    public @Nullable RingTable table() {
        return null;
    }

    @Override
    public void offered(String fromStoreId, RingTable ring) {}

    @Override
    public void observed(String storeId, long epoch, String hash) {}

    @Override
    public String name() {
        return name;
    }

    @Override
    public String storeId() {
        return PeerCluster.storeIdOf(name);
    }

    @Override
    public int incarnation() {
        return incarnation;
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    @Override
    public String address() {
        return host;
    }

    @Override
    public long durableLsn() {
        return 1;
    }

    @Override
    public boolean ready() {
        return true;
    }

    /** As a process that dies: no goodbye beyond what the kernel says. */
    @Override
    public void close() {
        transport.close();
        environment.close();
    }
}
