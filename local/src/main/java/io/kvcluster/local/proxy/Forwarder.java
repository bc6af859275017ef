package io.kvcluster.local.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a loopback port and forwards each connection to one of the targets of the moment, in turn; a target that does
 * not take it is passed over. With no target, connections are closed at once. Two virtual threads for each connection.
 */
public final class Forwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final int MAX_CONNECTIONS = 2_000;
    private static final int BACKLOG = 256;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket listener;
    private final Supplier<List<InetSocketAddress>> targets;
    private final AtomicInteger turn = new AtomicInteger();
    private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Forwarder(ServerSocket listener, Supplier<List<InetSocketAddress>> targets) {
        this.listener = listener;
        this.targets = targets;
        Thread.ofPlatform()
                .name("forward-" + listener.getLocalPort())
                .daemon(true)
                .start(this::accept);
    }

    /**
     * @param port 0 takes a free one
     * @throws IOException when the port is taken
     */
    public static Forwarder start(int port, Supplier<List<InetSocketAddress>> targets) throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        return new Forwarder(listener, targets);
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (places.tryAcquire()) {
                    Thread.ofVirtual().name("forward").start(() -> serve(client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("port {}: {}", port(), e.getMessage());
                }
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try (client;
                Socket target = connect()) {
            open.add(target);
            client.setTcpNoDelay(true);
            target.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().name("forward-back").start(() -> copy(target, client));
            copy(client, target);
            back.join();
            open.remove(target);
        } catch (IOException e) {
            LOG.debug("connection not forwarded: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
            places.release();
        }
    }

    private Socket connect() throws IOException {
        List<InetSocketAddress> all = targets.get();
        for (int i = 0; i < all.size(); i++) {
            InetSocketAddress target = all.get(Math.floorMod(turn.getAndIncrement(), all.size()));
            Socket socket = new Socket();
            try {
                socket.connect(target, CONNECT_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
            }
        }
        throw new IOException("none of " + all.size() + " ready pods takes the connection");
    }

    /** Copies until the end or an error; then the receiver is told that nothing more comes. */
    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int read = in.read(buffer);
            while (read >= 0) {
                out.write(buffer, 0, read);
                read = in.read(buffer);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing: {}", e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(Forwarder::closeQuietly);
    }
}
