package io.kvcluster.e2e.drain;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network between clients and a server that can keep what is on its way: up to the server all of it, down to the client all of it or
 * what follows the first GOAWAY. It loses nothing, and lets the end of a connection through after what came before it.
 */
final class HeldLink implements AutoCloseable {
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int FRAME_TYPE_AT = 3;
    private static final int GOAWAY = 7;
    private static final byte[] END = {};

    private final InetSocketAddress server;
    private final ServerSocket door;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final AtomicLong heldUp = new AtomicLong();
    private volatile boolean holdUp;
    private volatile boolean holdDown;
    private volatile boolean holdGoAway;
    private volatile boolean goAwayHeld;
    private volatile boolean serverClosed;

    HeldLink(int serverPort) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        this.door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    void holdUp() {
        holdUp = true;
    }

    void holdDown() {
        holdDown = true;
    }

    /** Down to the client: the first frame GOAWAY and what follows it. */
    void holdGoAway() {
        holdGoAway = true;
    }

    /** Everything moves again. */
    void release() {
        lock.lock();
        try {
            holdUp = false;
            holdDown = false;
            holdGoAway = false;
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that clients have sent and this keeps. */
    long heldUp() {
        return heldUp.get();
    }

    /** The server has said that it goes, and no client knows. */
    boolean isGoAwayHeld() {
        return goAwayHeld;
    }

    /** The server has ended a connection. */
    boolean isServerClosed() {
        return serverClosed;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                sockets.add(client);
                Thread.startVirtualThread(() -> connect(client));
            }
        } catch (SocketException closed) {
            // the end of the test
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connect(Socket client) {
        try (client;
                Socket to = new Socket()) {
            to.connect(server);
            to.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            sockets.add(to);
            BlockingQueue<byte[]> up = new LinkedBlockingQueue<>();
            Thread.startVirtualThread(() -> hear(client, up));
            Thread passing = Thread.startVirtualThread(() -> pass(up, to));
            down(to, client);
            passing.interrupt();
            passing.join();
        } catch (IOException noServer) {
            // the client sees a connection that ends at once
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hear(Socket client, BlockingQueue<byte[]> up) {
        byte[] chunk = new byte[64 * 1024];
        try {
            InputStream in = client.getInputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                heldUp.addAndGet(length);
                up.add(Arrays.copyOf(chunk, length));
            }
        } catch (IOException ended) {
            // clients may end at any time
        }
        up.add(END);
    }

    private void pass(BlockingQueue<byte[]> up, Socket to) {
        try {
            for (byte[] chunk = up.take(); chunk != END; chunk = up.take()) {
                awaitUp();
                heldUp.addAndGet(-chunk.length);
                to.getOutputStream().write(chunk);
            }
            to.shutdownOutput();
        } catch (IOException | InterruptedException ended) {
            // servers too
        }
    }

    /** Frame by frame: a server sends nothing else. */
    private void down(Socket from, Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            OutputStream out = client.getOutputStream();
            byte[] header = new byte[FRAME_HEADER_BYTES];
            while (true) {
                in.readFully(header);
                int length = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
                byte[] payload = in.readNBytes(length);
                awaitDown(header[FRAME_TYPE_AT] == GOAWAY);
                out.write(header);
                out.write(payload);
                out.flush();
            }
        } catch (EOFException | SocketException end) {
            serverClosed = true;
            awaitDown(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitUp() throws InterruptedException {
        lock.lock();
        try {
            while (holdUp) {
                released.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitDown(boolean goAway) {
        lock.lock();
        try {
            while (holdDown || (goAway && holdGoAway)) {
                goAwayHeld |= goAway;
                released.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        release();
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
