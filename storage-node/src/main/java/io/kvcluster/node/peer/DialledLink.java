package io.kvcluster.node.peer;

import com.google.common.net.HostAndPort;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;

/** The client's end of a stream, with the connection that carries nothing else. */
final class DialledLink extends GrpcLink {
    private final ManagedChannel channel;
    private final ClientCall<PeerFrame, PeerFrame> call;
    private final String address;
    private volatile String presentAddress;
    private boolean callEnded;

    DialledLink(
            ManagedChannel channel,
            ClientCall<PeerFrame, PeerFrame> call,
            EventLoop eventLoop,
            String address,
            Transport.Listener<PeerFrame> owner) {
        super(eventLoop);
        this.channel = channel;
        this.call = call;
        this.address = address;
        this.presentAddress = address;
        listener(owner);
    }

    void start() {
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        if (!HostAndPort.fromString(address).hasPort()) {
                            presentAddress = remoteHost(call.getAttributes(), address);
                        }
                        onEventLoop(DialledLink.this::callOpened);
                    }

                    @Override
                    public void onMessage(PeerFrame frame) {
                        onEventLoop(() -> {
                            callReceived(frame);
                            call.request(1);
                        });
                    }

                    @Override
                    public void onReady() {
                        onEventLoop(DialledLink.this::callReady);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        onEventLoop(() -> end(describe(status)));
                    }
                },
                new Metadata());
        call.request(1);
    }

    private String describe(Status status) {
        String description = status.getDescription();
        return switch (status.getCode()) {
            case ABORTED, CANCELLED -> description == null ? "closed" : description;
            default -> address + ": " + status.getCode() + (description == null ? "" : ", " + description);
        };
    }

    private void end(String why) {
        callEnded = true;
        callClosed(why);
        channel.shutdownNow();
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

    @Override
    public void close(String why) {
        onEventLoopLater(() -> {
            if (!callEnded) {
                call.cancel(why, null);
                end(why);
            }
        });
    }

    @Override
    public String remoteAddress() {
        return address;
    }

    @Override
    public String presentAddress() {
        return presentAddress;
    }
}
