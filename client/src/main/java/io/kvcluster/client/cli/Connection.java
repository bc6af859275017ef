package io.kvcluster.client.cli;

import io.kvcluster.client.Address;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.KvClientConfig;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** How a command reaches the cluster. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class Connection {
    @Option(
            names = {"-s", "--server"},
            split = ",",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:KV_SERVER:-localhost:50051}",
            description =
                    "Nodes or a service to ask first; several with commas. Default: $KV_SERVER or localhost:50051.")
    private List<Address> servers;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "For one operation with its retries. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    KvClientConfig config() {
        return KvClientConfig.of(servers.toArray(Address[]::new));
    }

    KvClient open() {
        return KvClient.connect(config());
    }

    Duration timeout() {
        return timeout;
    }

    RequestOptions options(Level level) {
        return RequestOptions.DEFAULT.at(level).within(timeout);
    }

    String serversText() {
        return String.join(",", servers.stream().map(Address::toString).toList());
    }
}
