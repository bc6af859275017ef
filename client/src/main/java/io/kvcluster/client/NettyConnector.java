package io.kvcluster.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Makes channels over TCP that share a few threads and never retry by themselves. */
final class NettyConnector implements Function<Address, ManagedChannel>, AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 64 << 20; // 32 siblings of 1 MiB, and room

    private final EventLoopGroup threads;

    NettyConnector(int networkThreads) {
        this.threads = new NioEventLoopGroup(networkThreads, new DefaultThreadFactory("kv-client-network", true));
    }

    @Override
    public ManagedChannel apply(Address address) {
        return NettyChannelBuilder.forTarget("dns:///" + address)
                .eventLoopGroup(threads)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .build();
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
