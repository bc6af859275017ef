package io.kvcluster.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Makes channels over TCP that share a few threads and never retry by themselves. */
final class NettyConnector implements Function<Address, Connection>, AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 64 << 20; // 32 siblings of 1 MiB, and room

    private final boolean sessions;
    private final EventLoopGroup threads;
    private final Class<? extends Channel> channelType;

    NettyConnector(int networkThreads, boolean sessions) {
        this.sessions = sessions;
        boolean epoll = Epoll.isAvailable();
        this.channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        this.threads = new MultiThreadIoEventLoopGroup(
                networkThreads,
                new DefaultThreadFactory("kv-client-network", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    @Override
    public Connection apply(Address address) {
        EventLoop turns = threads.next();
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + address)
                .eventLoopGroup(turns)
                .channelType(channelType, InetSocketAddress.class)
                .directExecutor()
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .build();
        return new Connection(channel, sessions ? turns : null);
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
