package io.kvcluster.e2e.testbed;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** The way to a pod: its own address where that is reachable from here, else ports forwarded by the API server. */
final class PodAccess implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_000;

    private final Supplier<KubernetesClient> client;
    private final Map<String, LocalPortForward> forwards = new HashMap<>();
    private boolean forwarding;
    private boolean decided;

    /** @param alwaysForward without it, the first pod that is reached decides */
    PodAccess(Supplier<KubernetesClient> client, boolean alwaysForward) {
        this.client = client;
        this.forwarding = alwaysForward;
        this.decided = alwaysForward;
    }

    PodAddress reach(Pod pod) {
        String address = Objects.requireNonNull(
                pod.getStatus().getPodIP(), () -> "pod " + pod.getMetadata().getName() + " has no address yet");
        if (!decided) {
            forwarding = !connects(address);
            decided = true;
        }
        if (!forwarding) {
            return PodAddress.of(address);
        }
        return new PodAddress("127.0.0.1", forwarded(pod, PodAddress.HTTP_PORT), forwarded(pod, PodAddress.GRPC_PORT));
    }

    private int forwarded(Pod pod, int port) {
        String key = pod.getMetadata().getUid() + ":" + port;
        LocalPortForward open = forwards.get(key);
        if (open == null || !open.isAlive()) {
            open = client.get()
                    .pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName())
                    .portForward(port);
            forwards.put(key, open);
        }
        return open.getLocalPort();
    }

    /** A refusal is an answer too: the address is reachable, the process is not there yet. */
    private static boolean connects(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PodAddress.HTTP_PORT), CONNECT_MILLIS);
            return true;
        } catch (java.net.ConnectException refused) {
            return String.valueOf(refused.getMessage()).contains("refused");
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() {
        for (LocalPortForward forward : forwards.values()) {
            try {
                forward.close();
            } catch (IOException _) {
                // The pod may be gone; so is the forward then.
                continue;
            }
        }
        forwards.clear();
    }
}
