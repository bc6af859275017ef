package io.kvcluster.node.rpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 by hand: what well-behaved clients cannot send. */
final class RawHttp implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    record Response(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            try {
                return HttpJson.MAPPER.readTree(body);
            } catch (IOException e) {
                throw new AssertionError("no JSON: " + text(), e);
            }
        }

        String header(String name) {
            return headers.get(name);
        }
    }

    static Response ask(int port, String head) throws IOException {
        return ask(port, head, new byte[0]);
    }

    /** @param head request line and headers without Host and the empty line */
    static Response ask(int port, String head, byte[] body) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            http.send(head, body);
            return http.response(head.startsWith("HEAD"));
        }
    }

    void send(String head, byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((head + "\r\nHost: localhost\r\n\r\n").getBytes(ISO_8859_1));
        out.write(body);
        sendBytes(out.toByteArray());
    }

    void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** No more will be sent; answers are still read. */
    void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    Response response() throws IOException {
        return response(false);
    }

    Response response(boolean noBody) throws IOException {
        String[] statusLine = line().split(" ", 3);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        byte[] body = noBody ? new byte[0] : body(headers);
        return new Response(Integer.parseInt(statusLine[1]), headers, body);
    }

    /** True when the server has closed its side. */
    boolean isClosed() throws IOException {
        return in.read() < 0;
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("chunked".equals(headers.getOrDefault("Transfer-Encoding", "").toLowerCase(Locale.ROOT))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int size = chunk(); size > 0; size = chunk()) {
                out.write(in.readNBytes(size));
                line();
            }
            line();
            return out.toByteArray();
        }
        return in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the server closed after: " + line);
            }
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
