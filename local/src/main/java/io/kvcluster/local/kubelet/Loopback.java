package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The loopback addresses of one local cluster: a /24 of 127.0.0.0/8 that no other local cluster of this machine uses, and in
 * it one address for each pod name, for ever. A listening socket on the network's first address is the claim to it. Used by
 * one thread.
 */
final class Loopback implements AutoCloseable {
    static final int CLAIM_PORT = 50050;
    private static final int ATTEMPTS = 64;
    private static final int FIRST_HOST = 2;
    private static final int LAST_HOST = 254;

    private final Path file;
    private final ServerSocket claim;
    private final ObjectNode state;

    private Loopback(Path file, ServerSocket claim, ObjectNode state) {
        this.file = file;
        this.claim = claim;
        this.state = state;
    }

    /** @throws IOException when no network is free, or the file cannot be read or written */
    static Loopback open(Path file, RandomGenerator random) throws IOException {
        ObjectNode state = Json.object();
        if (Files.exists(file) && Json.parse(Files.readAllBytes(file)) instanceof ObjectNode known) {
            state = known;
        }
        for (int i = 0; i < ATTEMPTS; i++) {
            String network = Json.text(state, "network");
            if (!network.isEmpty()) {
                try {
                    ServerSocket claim = new ServerSocket(CLAIM_PORT, 1, InetAddress.getByName(network + ".1"));
                    Loopback loopback = new Loopback(file, claim, state);
                    loopback.save();
                    return loopback;
                } catch (java.net.BindException e) {
                    state = Json.object(); // another cluster uses it: all pods move
                }
            }
            state.put("network", "127." + (64 + random.nextInt(63)) + "." + random.nextInt(255));
        }
        throw new IOException("no free loopback network found in " + ATTEMPTS + " attempts");
    }

    /** The address of a pod, given to it when it is first asked for. */
    String address(String namespace, String pod) {
        ObjectNode addresses = Json.child(state, "addresses");
        String key = namespace + "/" + pod;
        if (!addresses.has(key)) {
            addresses.put(key, Json.text(state, "network") + "." + freeHost(addresses));
            try {
                save();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return Json.text(addresses, key);
    }

    private static int freeHost(JsonNode addresses) {
        Set<Integer> taken = new HashSet<>();
        addresses.forEach(address -> taken.add(
                Integer.parseInt(address.asText().substring(address.asText().lastIndexOf('.') + 1))));
        for (int host = FIRST_HOST; host <= LAST_HOST; host++) {
            if (!taken.contains(host)) {
                return host;
            }
        }
        throw new IllegalStateException("all " + (LAST_HOST - FIRST_HOST + 1) + " pod addresses are given away;"
                + " delete the folder of the local cluster to begin anew");
    }

    private void save() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.write(state));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        claim.close();
    }
}
