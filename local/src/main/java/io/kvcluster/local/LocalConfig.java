package io.kvcluster.local;

import io.kvcluster.local.kubelet.ImageCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a local cluster is made of.
 *
 * @param folder where it keeps everything; made when absent
 * @param ports 0 in any of them takes a free one
 * @param zones one node is made for each
 * @param java the program that runs pods
 * @param images what stands for which container image
 * @param shutdownGrace how long pods may take to end when the cluster is closed
 * @param experiments pods can be made to suffer faults, see {@link LocalCluster#suffer}; never with data that matters
 */
public record LocalConfig(
        Path folder,
        Ports ports,
        List<String> zones,
        Path java,
        List<ImageCommand> images,
        OperatorProcess operator,
        Duration shutdownGrace,
        boolean experiments) {
    /** Ports on the loopback address: of the API server, and of the exposed Service. */
    public record Ports(int api, int http, int grpc) {
        public static final Ports FREE = new Ports(0, 0, 0);
        public static final Ports DEFAULT = new Ports(16443, 8080, 50051);

        public Ports {
            check("api", api);
            check("http", http);
            check("grpc", grpc);
        }

        private static void check(String name, int port) {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException(name + " port " + port + ": must be 0 (any free one) to 65535");
            }
        }
    }

    public static final List<String> DEFAULT_ZONES = List.of("zone-a", "zone-b", "zone-c");
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(15);

    public LocalConfig {
        folder = folder.toAbsolutePath().normalize();
        zones = List.copyOf(zones);
        images = List.copyOf(images);
        if (zones.isEmpty()) {
            throw new IllegalArgumentException("zones: at least one is needed");
        }
    }

    /** The defaults with the JVM that runs now. */
    public static LocalConfig of(Path folder, Ports ports, List<ImageCommand> images, OperatorProcess operator) {
        return new LocalConfig(
                folder,
                ports,
                DEFAULT_ZONES,
                Path.of(System.getProperty("java.home"), "bin", "java"),
                images,
                operator,
                DEFAULT_GRACE,
                false);
    }

    /** The same, with pods that can be made to suffer faults. */
    public LocalConfig forExperiments() {
        return new LocalConfig(folder, ports, zones, java, images, operator, shutdownGrace, true);
    }
}
