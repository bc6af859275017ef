package io.kvcluster.node.seams;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Threads that wait for the network and for tasks at once: each is a core loop, and serves connections of clients and peers
 * too. A request that meets its partition's loop is so handled, from the socket to the socket, by one thread without a
 * hand-over, and what one turn has to send leaves with that turn (ADR 8).
 */
public final class EventLoops implements AutoCloseable {
    private final EventLoopGroup group;
    private final Consumer<Throwable> onBug;

    /**
     * @param name of the threads, with their number
     * @param onBug hears of a task that threw
     */
    public EventLoops(String name, int count, Consumer<Throwable> onBug) {
        this.onBug = onBug;
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name, true), io);
    }

    /**
     * As owners of partitions, in a fixed order.
     *
     * @param mailbox tasks that may wait in one loop
     */
    public List<Loop> loops(int mailbox) {
        List<Loop> loops = new ArrayList<>();
        for (EventExecutor executor : group) {
            loops.add(new NetworkLoop((EventLoop) executor, mailbox, onBug));
        }
        return loops;
    }

    /** As what gRPC runs its connections on. */
    public EventLoopGroup group() {
        return group;
    }

    public Class<? extends Channel> clientChannel() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    public Class<? extends ServerChannel> serverChannel() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** The loop of the calling thread; any of them on a thread of another kind. */
    public EventLoop current() {
        for (EventExecutor executor : group) {
            if (executor.inEventLoop()) {
                return (EventLoop) executor;
            }
        }
        return group.next();
    }

    /** Ends the threads and what is left of their connections; returns when they are done, or after a second. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
