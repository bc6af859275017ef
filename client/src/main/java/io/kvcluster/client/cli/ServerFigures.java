package io.kvcluster.client.cli;

import io.kvcluster.client.Address;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.bench.ServerUsage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the servers used while a bench measured. */
final class ServerFigures {
    private static final int HTTP_PORT = 8080;

    private final List<Address> pages;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Address, ServerUsage> before = new LinkedHashMap<>();
    private final Map<Address, ServerUsage> after = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private ServerFigures(List<Address> pages) {
        this.pages = pages;
    }

    /** @param servers null: none; "auto": of each node; else addresses with commas */
    static ServerFigures of(@Nullable String servers, KvClient client) {
        if (servers == null) {
            return new ServerFigures(List.of());
        }
        return new ServerFigures(
                servers.equals("auto")
                        ? client.addresses().values().stream()
                                .map(address -> new Address(address.host(), HTTP_PORT))
                                .toList()
                        : Arrays.stream(servers.split(",", -1))
                                .map(text -> Address.parse(text, HTTP_PORT))
                                .toList());
    }

    /** Before minutes of load are spent for figures that then cannot be had. */
    void check() throws IOException, InterruptedException {
        for (Address page : pages) {
            try {
                ServerUsage _ = ServerUsage.of(http, page);
            } catch (IOException e) {
                throw new IOException(
                        "--servers: the metrics of " + page + " cannot be read: " + e
                                + "\nName the pages that can be reached from here: --servers=HOST:PORT,…",
                        e);
            }
        }
    }

    void measuring(boolean begins) {
        for (Address page : pages) {
            try {
                (begins ? before : after).put(page, ServerUsage.of(http, page));
            } catch (IOException e) {
                problems.add(page + " " + (begins ? "before" : "after") + ": " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Pages that could not be read at one of the two moments. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** What each node used; a node that was restarted between has no figure. */
    List<Used> used() {
        List<Used> used = new ArrayList<>();
        for (Address page : pages) {
            ServerUsage then = before.get(page);
            ServerUsage now = after.get(page);
            if (then != null && now != null && now.cpuSeconds() >= then.cpuSeconds()) {
                used.add(new Used(
                        page.toString(),
                        now.cpuSeconds() - then.cpuSeconds(),
                        then.residentBytes().orElse(0),
                        now.residentBytes().orElse(0)));
            }
        }
        return used;
    }

    boolean isComplete() {
        return !pages.isEmpty() && used().size() == pages.size();
    }

    boolean wereAsked() {
        return !pages.isEmpty();
    }

    /** @param residentAfter bytes; 0 where the platform does not tell */
    record Used(String node, double cpuSeconds, double residentBefore, double residentAfter) {}
}
