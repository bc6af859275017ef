package io.kvcluster.e2e.testbed;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Signals to the Java process of a storage pod, sent by a shell in its container. */
final class PodShell {
    private static final String CONTAINER = "storage-node";
    private static final long LIMIT_SECONDS = 30;
    private static final int NO_PROCESS = 3;

    private final KubernetesClient client;
    private final String namespace;

    PodShell(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    void signalSurely(String pod, String signal) {
        if (!signal(pod, signal)) {
            throw new IllegalStateException("pod " + pod + " has no Java process to send SIG" + signal);
        }
    }

    /** @return false when the pod has no running container, or no Java process in it */
    boolean signal(String pod, String signal) {
        // Needs neither ps nor pgrep. 1 is the pause container's process when the namespace is shared.
        String script = "found=" + NO_PROCESS + "; for p in /proc/[0-9]*; do "
                + "if [ \"$(cat $p/comm 2>/dev/null)\" = java ]; then kill -" + signal + " ${p#/proc/} && found=0; fi; "
                + "done; exit $found";
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (ExecWatch shell = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .inContainer(CONTAINER)
                .writingOutput(output)
                .writingError(output)
                .exec("sh", "-c", script)) {
            int exit = shell.exitCode().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            // 137: the shell itself went down with the container whose main process it killed.
            if (exit != 0 && exit != NO_PROCESS && exit != 137 && exit != -1) {
                throw new IllegalStateException(
                        "kill -" + signal + " in pod " + pod + " ended with " + exit + ": " + output);
            }
            return exit != NO_PROCESS;
        } catch (KubernetesClientException | ExecutionException _) {
            return false;
        } catch (TimeoutException e) {
            throw new IllegalStateException("kill -" + signal + " in pod " + pod + " did not end: " + output, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
