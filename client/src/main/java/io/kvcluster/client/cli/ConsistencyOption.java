package io.kvcluster.client.cli;

import io.kvcluster.client.Level;
import picocli.CommandLine.Option;

/** The level of single operations. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConsistencyOption {
    @Option(
            names = {"-c", "--consistency"},
            paramLabel = "LEVEL",
            defaultValue = "default",
            description = "local, one, eventual, quorum, all or strong; default: what the cluster names.")
    private Level level;

    Level level() {
        return level;
    }
}
