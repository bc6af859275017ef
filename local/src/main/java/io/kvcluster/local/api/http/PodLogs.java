package io.kvcluster.local.api.http;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the log of a pod's container lies. Each line of it is a timestamp (RFC 3339, UTC), a space, and what the process
 * wrote; the file may be moved away and begun anew when it has grown.
 */
@FunctionalInterface
public interface PodLogs {
    /** Logs of nobody: for a server without a kubelet. */
    PodLogs NONE = (namespace, pod, previous) -> Optional.empty();

    /**
     * @param previous of the process before the last restart
     * @return empty when nothing was ever started
     */
    Optional<Path> file(String namespace, String pod, boolean previous);
}
