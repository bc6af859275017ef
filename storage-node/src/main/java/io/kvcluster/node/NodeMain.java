package io.kvcluster.node;

import io.kvcluster.node.storage.StoreException;
import io.kvcluster.node.telemetry.Logging;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of a storage pod. Exit codes: 0 stopped in order, 2 wrong settings, 74 disk error, 75 data directory in use, 1 any other failure to start. */
public final class NodeMain {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_CONFIG = 2;
    private static final int EXIT_IO = 74;
    private static final int EXIT_LOCKED = 75;

    private NodeMain() {}

    public static void main(String[] args) {
        Logging.install();
        NodeConfig config;
        try {
            config = NodeConfig.from(System.getenv());
        } catch (NodeConfig.Invalid invalid) {
            System.err.println(invalid.getMessage());
            System.exit(EXIT_CONFIG);
            return;
        }
        try {
            run(config);
        } catch (StoreException refused) {
            LOG.error("event=start-failed kind={} reason=\"{}\"", refused.kind(), refused.getMessage());
            System.exit(exitCode(refused.kind()));
        } catch (IOException failed) {
            LOG.error("event=start-failed reason=\"{}\"", failed.getMessage());
            System.exit(EXIT_FAILED);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(NodeConfig config) throws StoreException, IOException, InterruptedException {
        Node node = Node.start(config);
        CountDownLatch stopped = new CountDownLatch(1);
        // SIGTERM: the JVM waits for this hook, so the store is marked clean before the process ends
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            node.stop();
                            stopped.countDown();
                        },
                        "stop"));
        stopped.await();
    }

    private static int exitCode(StoreException.Kind kind) {
        return switch (kind) {
            case LOCKED -> EXIT_LOCKED;
            case IO, FAILED -> EXIT_IO;
            case NEWER_FORMAT, DAMAGED -> EXIT_FAILED;
        };
    }
}
