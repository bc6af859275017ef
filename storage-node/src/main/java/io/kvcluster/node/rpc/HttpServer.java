package io.kvcluster.node.rpc;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.seams.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The HTTP port: the same operations as JSON, what the node knows, probes and metrics. Each request has its own virtual thread. */
public final class HttpServer {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);

    private final WebServer server;
    private final Admission admission;

    private HttpServer(WebServer server, Admission admission) {
        this.server = server;
        this.admission = admission;
    }

    /**
     * Listens when it returns.
     *
     * @param address port 0 takes a free one
     * @throws IOException when the address cannot be bound
     */
    public static HttpServer start(InetSocketAddress address, RpcBackend backend, Clock clock, RpcLimits limits)
            throws IOException {
        Admission admission = new Admission(limits);
        CommandHandler handler = new GuardedHandler(backend.handler());
        HttpOperations operations = new HttpOperations(handler, new Deadlines(clock));
        HttpRoutes routes = new HttpRoutes(
                new HttpKv(operations),
                new HttpBatch(operations),
                new HttpKeys(backend.keys(), operations),
                new HttpCluster(backend.info(), backend.cluster()),
                new HttpNode(backend));
        HttpGate gate = new HttpGate(routes, admission, clock, limits.bodyTimeout());
        WebServer server = WebServer.builder()
                .bindAddress(address)
                // The root stops servers in its own order.
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .maxTcpConnections(RpcLimits.HTTP_CONNECTIONS)
                // Also bounds one chunk, which Helidon gathers whole before it hands on any of it.
                .maxPayloadSize(RpcLimits.BODY_BYTES)
                // Bodies are not decompressed: a small one could grow without end.
                .contentEncoding(encodings -> encodings.contentEncodingsDiscoverServices(false))
                .connectionOptions(SocketOptions.builder()
                        .readTimeout(READ_TIMEOUT)
                        .tcpNoDelay(true)
                        .build())
                .addProtocol(Http1Config.builder()
                        .maxPrologueLength(RpcLimits.REQUEST_LINE_BYTES)
                        .maxHeadersSize(RpcLimits.HEADER_BYTES)
                        // Paths hold keys, and keys may be anything: this room decodes and judges them itself.
                        .validatePath(false)
                        .validatePrologue(false)
                        .build())
                .directHandlers(HttpTransportProblems.handlers())
                .routing(routing -> routing.any(gate))
                .build();
        try {
            server.start();
        } catch (UncheckedIOException e) {
            throw new IOException("cannot listen for HTTP on " + address, e.getCause());
        }
        return new HttpServer(server, admission);
    }

    public int port() {
        return server.port();
    }

    /** Requests under way. Any thread. */
    public int requests() {
        return admission.requests();
    }

    /** Requests refused since start because too many, or too many bytes, were under way. Any thread. */
    public long overloaded() {
        return admission.refused();
    }

    /**
     * Takes no new requests of clients (503, SHUTTING_DOWN) but still answers probes, waits for those under way, at most so
     * long, then closes. Blocks.
     *
     * @return true when all were answered
     */
    public boolean stop(Duration grace) throws InterruptedException {
        boolean drained = Draining.await(admission.close(), grace);
        server.stop();
        return drained;
    }
}
