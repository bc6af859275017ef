package io.kvcluster.node.peer;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;

/** Dialled to an address that is none: its listener hears so, as of any link that does not open. */
final class UnreachableLink extends GrpcLink {
    private final String address;

    UnreachableLink(EventLoop eventLoop, String address, String why, Transport.Listener<PeerFrame> owner) {
        super(eventLoop);
        this.address = address;
        listener(owner);
        onEventLoopLater(() -> callClosed("address \"" + address + "\" cannot be dialled: " + why));
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public void send(PeerFrame frame) {}

    @Override
    public void close(String why) {}

    @Override
    public String remoteAddress() {
        return address;
    }
}
