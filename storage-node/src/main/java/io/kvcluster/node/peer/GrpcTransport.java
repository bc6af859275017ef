package io.kvcluster.node.peer;

import com.google.common.net.HostAndPort;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.seams.EventLoops;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.peer.PeerServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Links as bidirectional gRPC streams without deadline; one connection for each dialled link. All calls of a listener come
 * on the event loop of its link, which also serialises its frames: there is no executor in between. The peers' port is
 * shared with other services, which must not block either.
 */
public final class GrpcTransport implements Transport<PeerFrame>, AutoCloseable {
    private static final int MESSAGE_BYTES = Limits.PEER_FRAME_BYTES + 64 * 1024;
    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 * 1024 * 1024;
    /** A link takes frames while the transport holds less than this. */
    static final int READY_THRESHOLD_BYTES = 512 * 1024;

    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final int KEEPALIVE_SECONDS = 20;

    /** It logs a stack trace for every name that does not resolve and every refused connection: the room says why it has no link. */
    private static final Logger CHANNEL_LOG = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

    static {
        CHANNEL_LOG.setLevel(Level.SEVERE);
    }

    private final Config config;
    private final EventLoops eventLoops;
    private volatile @Nullable Acceptor<PeerFrame> acceptor;
    private @Nullable Server server;

    /**
     * @param bindAddress where to listen, and the source of what is dialled unless it is a wildcard
     * @param port to listen on, 0 for any free one
     * @param peerPort of addresses that name none
     */
    public record Config(String bindAddress, int port, int peerPort) {}

    /** @param eventLoops for all links; not closed here */
    public GrpcTransport(Config config, EventLoops eventLoops) {
        this.config = config;
        this.eventLoops = eventLoops;
    }

    @Override
    public void accept(Acceptor<PeerFrame> incoming) {
        acceptor = incoming;
    }

    /**
     * Listens. Links that come before {@link #accept} are refused; other services are served.
     *
     * @param others share the port, and must not block
     * @throws IOException naming the address when it cannot be bound
     */
    public void start(List<BindableService> others) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.bindAddress(), config.port()))
                .channelType(eventLoops.serverChannel())
                .bossEventLoopGroup(eventLoops.group())
                .workerEventLoopGroup(eventLoops.group())
                .directExecutor()
                .maxInboundMessageSize(MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(KEEPALIVE_SECONDS / 2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(ServerServiceDefinition.builder(PeerServiceGrpc.getServiceDescriptor())
                        .addMethod(PeerServiceGrpc.getConnectMethod(), this::accepted)
                        .build());
        others.forEach(builder::addService);
        server = builder.build().start();
    }

    /** The port listened on. */
    public int port() {
        Server running = server;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running.getPort();
    }

    private ServerCall.Listener<PeerFrame> accepted(ServerCall<PeerFrame, PeerFrame> call, Metadata headers) {
        Acceptor<PeerFrame> owner = acceptor;
        if (owner == null) {
            call.close(Status.UNAVAILABLE.withDescription("it is still recovering"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        call.setOnReadyThreshold(READY_THRESHOLD_BYTES);
        call.sendHeaders(new Metadata());
        AcceptedLink link = new AcceptedLink(call, eventLoops.current());
        return link.open(owner.accepted(link));
    }

    @Override
    public Link<PeerFrame> connect(String address, boolean bulk, Listener<PeerFrame> listener) {
        EventLoop eventLoop = eventLoops.group().next();
        try {
            DialledLink link = dial(address, eventLoop, listener);
            link.start();
            return link;
        } catch (IllegalArgumentException malformed) {
            return new UnreachableLink(eventLoop, address, String.valueOf(malformed.getMessage()), listener);
        }
    }

    /** @throws IllegalArgumentException when nothing can be at such an address */
    private DialledLink dial(String address, EventLoop eventLoop, Listener<PeerFrame> listener) {
        HostAndPort target = HostAndPort.fromString(address).withDefaultPort(config.peerPort());
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(target.getHost(), target.getPort())
                .eventLoopGroup(eventLoop)
                .channelType(eventLoops.clientChannel(), InetSocketAddress.class)
                .directExecutor()
                .usePlaintext()
                .proxyDetector(anywhere -> null)
                .disableRetry()
                .maxInboundMessageSize(MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
        InetSocketAddress source = new InetSocketAddress(config.bindAddress(), 0);
        if (!source.isUnresolved() && !source.getAddress().isAnyLocalAddress()) {
            builder.localSocketPicker(new NettyChannelBuilder.LocalSocketPicker() {
                @Override
                public java.net.SocketAddress createSocketAddress(
                        java.net.SocketAddress remote, io.grpc.Attributes attributes) {
                    return source;
                }
            });
        }
        ManagedChannel channel = builder.build();
        ClientCall<PeerFrame, PeerFrame> call = channel.newCall(
                PeerServiceGrpc.getConnectMethod(), CallOptions.DEFAULT.withOnReadyThreshold(READY_THRESHOLD_BYTES));
        return new DialledLink(channel, call, eventLoop, address, listener);
    }

    /** Ends the server and its links; returns when they are gone, or after a second. Whoever dialled closes what it dialled. */
    @Override
    public void close() {
        Server running = server;
        if (running != null) {
            running.shutdownNow();
            try {
                running.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
