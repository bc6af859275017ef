package io.kvcluster.node.peer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;

/** The server's end of a stream. */
final class AcceptedLink extends GrpcLink {
    private final ServerCall<PeerFrame, PeerFrame> call;
    private final String remoteAddress;
    private boolean callEnded;

    AcceptedLink(ServerCall<PeerFrame, PeerFrame> call, EventLoop eventLoop) {
        super(eventLoop);
        this.call = call;
        this.remoteAddress = remoteHost(call.getAttributes(), "");
    }

    ServerCall.Listener<PeerFrame> open(Transport.Listener<PeerFrame> owner) {
        listener(owner);
        onEventLoop(this::callOpened);
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(PeerFrame frame) {
                onEventLoop(() -> {
                    callReceived(frame);
                    call.request(1);
                });
            }

            @Override
            public void onReady() {
                onEventLoop(AcceptedLink.this::callReady);
            }

            @Override
            public void onHalfClose() {
                close("the other side ended it");
            }

            @Override
            public void onCancel() {
                ended("the other side cancelled it, or the connection broke");
            }

            @Override
            public void onComplete() {
                ended("closed");
            }
        };
    }

    private void ended(String why) {
        onEventLoop(() -> {
            callEnded = true;
            callClosed(why);
        });
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void send(PeerFrame frame) {
        if (!callEnded) {
            call.sendMessage(frame);
        }
    }

    /** Later, because the listener may close its link while it is being called. */
    @Override
    public void close(String why) {
        onEventLoopLater(() -> {
            if (!callEnded) {
                callEnded = true;
                call.close(Status.ABORTED.withDescription(why), new Metadata());
                callClosed(why);
            }
        });
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }
}
