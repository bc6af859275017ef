package io.kvcluster.node.rpc;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.EventLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The clients' gRPC port: KvService, ClusterService, RepairService, grpc.health.v1 and reflection. */
public final class ClientServer {
    private final Server server;
    private final GrpcHealth health;
    private final Admission admission;
    private final GrpcSessions sessions;
    private final Clock clock;

    private ClientServer(Server server, GrpcHealth health, Admission admission, GrpcSessions sessions, Clock clock) {
        this.server = server;
        this.health = health;
        this.admission = admission;
        this.sessions = sessions;
        this.clock = clock;
    }

    /**
     * Listens when it returns.
     *
     * @param address port 0 takes a free one
     * @param eventLoops serve the connections; not closed here
     * @throws IOException when the address cannot be bound
     */
    public static ClientServer start(
            InetSocketAddress address, EventLoops eventLoops, RpcBackend backend, Clock clock, RpcLimits limits)
            throws IOException {
        Admission admission = new Admission(limits);
        GrpcHealth health = new GrpcHealth(backend.health());
        CommandHandler handler = new GuardedHandler(backend.handler());
        Deadlines deadlines = new Deadlines(clock);
        GrpcSessions sessions = new GrpcSessions(admission, handler, deadlines, eventLoops);
        Server server = NettyServerBuilder.forAddress(address)
                .channelType(eventLoops.serverChannel())
                .bossEventLoopGroup(eventLoops.group())
                .workerEventLoopGroup(eventLoops.group())
                // Calls only decode and hand on: a pool would cost more than they do.
                .directExecutor()
                .addService(sessions.within(
                        GrpcGate.guard(new GrpcKv(handler, backend.keys(), deadlines).bindService(), admission)))
                .addService(GrpcGate.guard(new GrpcCluster(backend.info(), backend.cluster()).bindService(), admission))
                .addService(GrpcGate.guard(new GrpcRepair(backend.repairs()).bindService(), admission))
                .addService(health)
                .addService(ProtoReflectionServiceV1.newInstance())
                .maxInboundMessageSize(RpcLimits.TRANSPORT_MESSAGE_BYTES)
                .maxInboundMetadataSize(RpcLimits.METADATA_BYTES)
                .maxConcurrentCallsPerConnection(RpcLimits.GRPC_CALLS_PER_CONNECTION)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build()
                .start();
        return new ClientServer(server, health, admission, sessions, clock);
    }

    public int port() {
        return server.getPort();
    }

    /** To be called when the node's health changed, for those who watch it. Any thread. */
    public void healthChanged() {
        health.refresh();
    }

    /** Requests under way. Any thread. */
    public int requests() {
        return admission.requests();
    }

    /** Requests refused since start because too many, or too many bytes, were under way. Any thread. */
    public long overloaded() {
        return admission.refused();
    }

    /**
     * Takes no new requests, waits for those under way and until every client has heard that its connection ends, at most so
     * long, then cuts off the rest. Blocks.
     *
     * @return true when everything that was sent here was answered
     */
    public boolean stop(Duration grace) throws InterruptedException {
        long end = clock.nanos() + grace.toNanos();
        health.close();
        var idle = admission.close();
        sessions.close();
        server.shutdown();
        boolean drained = Draining.await(idle, grace);
        // A request may be on its way from a client that has heard nothing yet. It is refused, so that the client goes
        // elsewhere: with its connection cut off it could not tell. gRPC closes a connection when its client has heard
        // and has no call left.
        drained &= server.awaitTermination(Math.max(0, end - clock.nanos()), TimeUnit.NANOSECONDS);
        server.shutdownNow();
        server.awaitTermination(5, TimeUnit.SECONDS);
        return drained;
    }
}
