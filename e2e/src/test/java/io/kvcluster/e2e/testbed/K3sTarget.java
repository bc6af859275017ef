package io.kvcluster.e2e.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.Container;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A k3s in a container, for machines with Docker. The images are taken from the Docker daemon that runs it. */
final class K3sTarget extends KubernetesTarget {
    private static final String IMAGE = "rancher/k3s:v1.34.1-k3s1";

    private final K3sContainer container;

    private K3sTarget(K3sContainer container) {
        super("k3s", container.getKubeConfigYaml());
        this.container = container;
    }

    static K3sTarget start() {
        K3sContainer container =
                new K3sContainer(DockerImageName.parse(Settings.text("k3sImage").orElse(IMAGE))
                        .asCompatibleSubstituteFor("rancher/k3s"));
        container.start();
        load(container, Settings.operatorImage());
        load(container, Settings.nodeImage());
        return new K3sTarget(container);
    }

    private static void load(K3sContainer container, String image) {
        try {
            Path archive = Files.createTempFile("image", ".tar");
            try {
                Hook.run(List.of("docker", "save", "-o", archive.toString(), image), Map.of());
                container.copyFileToContainer(MountableFile.forHostPath(archive), "/tmp/image.tar");
                Container.ExecResult imported =
                        container.execInContainer("ctr", "--namespace", "k8s.io", "images", "import", "/tmp/image.tar");
                if (imported.getExitCode() != 0) {
                    throw new IllegalStateException("image " + image + " cannot be imported: " + imported.getStderr());
                }
            } finally {
                Files.delete(archive);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("image " + image, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        super.close();
        container.stop();
    }
}
