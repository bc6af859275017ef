package io.kvcluster.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One channel of a node with the session on it, which is begun when it is first of use. Any thread. */
final class Lane {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A server that does not know sessions may be replaced by one that does. */
    private static final long UNKNOWN_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Connection connection;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Session> session = new AtomicReference<>();
    private volatile long notBefore;

    Lane(Connection connection, LongSupplier nanoTime) {
        this.connection = connection;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    ManagedChannel channel() {
        return connection.channel();
    }

    /** A session that takes requests now; null: there is none, send them one by one. */
    @Nullable Session session(Node node) {
        Session now = session.get();
        if (now != null && now.isOpen()) {
            return now;
        }
        EventLoop turns = connection.turns();
        if (now == null
                && turns != null
                && nanoTime.getAsLong() - notBefore >= 0
                && channel().getState(false) == ConnectivityState.READY) {
            Session made = new Session(this, node, turns, nanoTime);
            if (session.compareAndSet(null, made)) {
                made.start();
            }
        }
        return null;
    }

    /** What is in flight may finish; nothing else is sent. */
    void retire() {
        Session now = session.get();
        if (now != null) {
            now.end();
        }
        channel().shutdown();
    }

    /** The session is over. */
    void ended(Session over, boolean unknownToServer) {
        notBefore = nanoTime.getAsLong() + (unknownToServer ? UNKNOWN_PAUSE_NANOS : PAUSE_NANOS);
        session.compareAndSet(over, null);
    }
}
