package io.kvcluster.client.cli;

import com.google.protobuf.ByteString;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "delete", mixinStandardHelpOptions = true, description = "Removes a key.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private ConsistencyOption consistency;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "KEY", description = "1 to 4096 bytes.")
    private String key;

    @Option(names = "--base64", description = "KEY is base64.")
    private boolean base64;

    @Option(
            names = "--context",
            paramLabel = "BASE64",
            defaultValue = "",
            description = "The context of the answer that this delete builds on.")
    private String context;

    @Override
    public Integer call() {
        ByteString name = ByteString.copyFrom(Outcomes.bytes(key, base64));
        RequestOptions options =
                connection.options(consistency.level()).after(ByteString.copyFrom(Outcomes.bytes(context, true)));
        try (KvClient client = connection.open()) {
            WriteOutcome outcome = client.delete(name, options);
            WriteResults.print(output, "delete of", name, outcome);
            return Outcomes.exitCode(outcome);
        }
    }
}
