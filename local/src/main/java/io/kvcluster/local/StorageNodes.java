package io.kvcluster.local;

import io.kvcluster.local.kubelet.ImageCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What stands for the storage pod's image: the node program of a built checkout. */
public final class StorageNodes {
    /** The image that a KvCluster gets when it names none. */
    public static final String IMAGE = "kvcluster/storage-node:local";

    private static final String PREFIX = "kvcluster/storage-node";
    private static final String MAIN = "io.kvcluster.node.NodeMain";
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xshare:auto");

    private StorageNodes() {}

    /** The program on this class path. */
    public static ImageCommand of(String classPath) {
        return new ImageCommand(PREFIX, FLAGS, classPath, MAIN, Map.of("KV_DATA_DIR", "/data"));
    }

    /**
     * The program as {@code make package} leaves it in a checkout.
     *
     * @throws LocalException when it is not there
     */
    public static ImageCommand ofCheckout(Path root) {
        Path jar = root.resolve("storage-node/target/storage-node.jar");
        Path libraries = root.resolve("storage-node/target/lib");
        if (!Files.exists(jar) || !Files.isDirectory(libraries)) {
            throw new LocalException("the storage node is not built: " + jar + " or " + libraries
                    + " is missing. Run \"make package\" first.");
        }
        return of(jar + ":" + libraries + "/*");
    }
}
