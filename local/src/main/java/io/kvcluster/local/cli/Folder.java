package io.kvcluster.local.cli;

import io.kvcluster.local.kubelet.ProcessTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says which local cluster is meant. */
final class Folder {
    private static final String UP = "local/up";

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".kvlocal",
            description = "Where the cluster keeps everything (default: ${DEFAULT-VALUE}).")
    private Path dir = Path.of(".kvlocal");

    Path path() {
        return dir.toAbsolutePath().normalize();
    }

    Path kubeconfig() {
        return path().resolve("kubeconfig");
    }

    /** The processes of this cluster's pods. */
    ProcessTable pods() {
        return new ProcessTable(path().resolve("processes"));
    }

    void isUp() throws IOException {
        new ProcessTable(path().resolve("run")).record(UP, ProcessHandle.current());
    }

    void isDown() {
        new ProcessTable(path().resolve("run")).forget(UP);
    }

    /** The process that runs the cluster. */
    Optional<ProcessHandle> running() throws IOException {
        return new ProcessTable(path().resolve("run")).find(UP);
    }
}
