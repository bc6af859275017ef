package io.kvcluster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the file that makes kubectl find the local API server. */
final class Kubeconfig {
    private Kubeconfig() {}

    static void write(Path file, String url) throws IOException {
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: kvcluster-local
                clusters:
                - name: kvcluster-local
                  cluster: {server: "%s"}
                contexts:
                - name: kvcluster-local
                  context: {cluster: kvcluster-local, user: local, namespace: default}
                users:
                - name: local
                  user: {}
                """.formatted(url));
    }
}
