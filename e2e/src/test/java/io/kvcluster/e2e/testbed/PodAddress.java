package io.kvcluster.e2e.testbed;

import io.kvcluster.client.Address;
import java.net.URI;

/** Where this process reaches a pod's client ports. */
public record PodAddress(String host, int httpPort, int grpcPort) {
    public static final int HTTP_PORT = 8080;
    public static final int GRPC_PORT = 50051;

    /** The pod's own ports. */
    static PodAddress of(String host) {
        return new PodAddress(host, HTTP_PORT, GRPC_PORT);
    }

    public URI http() {
        return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + httpPort);
    }

    public Address grpc() {
        return new Address(host, grpcPort);
    }
}
