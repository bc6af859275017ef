package io.kvcluster.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The program that stands for a container in tests: counts its starts in its data folder, shows its environment and mounted
 * file, can be made unready, and can be told to end.
 */
final class TinyPod {
    private static volatile boolean ready = true;

    private TinyPod() {}

    public static void main(String[] args) throws IOException {
        Path starts = Path.of(System.getenv("DATA_DIR"), "starts");
        Files.writeString(starts, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (System.getenv("EXIT_AT_ONCE") != null) {
            System.out.println("exits at once");
            System.exit(3);
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("KV_BIND_ADDRESS"), 8080), 0);
        server.createContext("/live", exchange -> answer(exchange, 200, "ok"));
        server.createContext("/ready", exchange -> answer(exchange, ready ? 200 : 503, ready ? "ok" : "not ready"));
        server.createContext("/unready", exchange -> {
            ready = false;
            answer(exchange, 200, "ok");
        });
        server.createContext("/env", exchange -> {
            String value = System.getenv(exchange.getRequestURI().getQuery());
            answer(exchange, 200, value == null ? "" : value);
        });
        server.createContext("/starts", exchange -> answer(exchange, 200, Files.readString(starts)));
        server.createContext("/config", exchange -> {
            Path file = Path.of(System.getenv("CONFIG_FILE"));
            answer(exchange, 200, Files.exists(file) ? Files.readString(file) : "absent");
        });
        server.createContext("/name", exchange -> answer(exchange, 200, System.getenv("POD_NAME")));
        server.start();
        System.out.println("listening as " + System.getenv("POD_NAME"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("ended in an orderly way");
            System.out.flush();
        }));
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
