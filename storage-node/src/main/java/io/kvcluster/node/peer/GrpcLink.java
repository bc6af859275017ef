package io.kvcluster.node.peer;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What both ends of a stream share: every call of the listener is made on the link's event loop, none after closed. */
abstract sealed class GrpcLink implements Transport.Link<PeerFrame> permits AcceptedLink, DialledLink, UnreachableLink {
    private final EventLoop eventLoop;
    private final Runnable readyTask = this::callReady;
    private Transport.@Nullable Listener<PeerFrame> listener;
    private boolean opened;
    private boolean ended;

    GrpcLink(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** Before the first callback. */
    void listener(Transport.Listener<PeerFrame> owner) {
        listener = owner;
    }

    /** The address at the other end of the connection of a call that began. */
    static String remoteHost(Attributes ofCall, String otherwise) {
        return ofCall.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : otherwise;
    }

    @Override
    public void wake() {
        onEventLoopLater(readyTask);
    }

    void callOpened() {
        Transport.Listener<PeerFrame> owner = listener;
        if (owner != null && !opened && !ended) {
            opened = true;
            owner.opened(this);
        }
    }

    void callReceived(PeerFrame frame) {
        Transport.Listener<PeerFrame> owner = listener;
        if (owner != null && !ended) {
            owner.received(frame);
        }
    }

    void callReady() {
        Transport.Listener<PeerFrame> owner = listener;
        if (owner != null && opened && !ended) {
            owner.ready();
        }
    }

    void callClosed(String why) {
        Transport.Listener<PeerFrame> owner = listener;
        if (owner != null && !ended) {
            ended = true;
            owner.closed(why);
        }
    }

    /** At once when this is the event loop, as it nearly always is. */
    void onEventLoop(Runnable task) {
        if (eventLoop.inEventLoop()) {
            task.run();
        } else {
            onEventLoopLater(task);
        }
    }

    void onEventLoopLater(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException closing) {
            // The transport is shut down: nobody is left to hear of links.
        }
    }
}
