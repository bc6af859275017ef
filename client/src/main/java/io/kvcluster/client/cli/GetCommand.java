package io.kvcluster.client.cli;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.bulk.KeyText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "get", mixinStandardHelpOptions = true, description = "Prints the value of a key.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class GetCommand implements Callable<Integer> {
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

    @Option(names = "--to-file", paramLabel = "FILE", description = "Writes the value's bytes to FILE.")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        ByteString name = ByteString.copyFrom(Outcomes.bytes(key, base64));
        try (KvClient client = connection.open()) {
            GetOutcome outcome = client.get(name, connection.options(consistency.level()));
            Path to = file;
            if (to != null && outcome instanceof GetOutcome.Found found) {
                Files.write(to, found.value().toByteArray());
            }
            output.result(Outcomes.json(name, outcome), out -> print(out, outcome));
            if (output.isForPeople()) {
                Outcomes.complain(output, "get of", name, outcome);
            }
            return Outcomes.exitCode(outcome);
        }
    }

    private void print(PrintWriter out, GetOutcome outcome) {
        if (outcome instanceof GetOutcome.Found found) {
            if (file == null) {
                out.println(KeyText.of(found.value()));
            }
            output.hint("version " + found.version() + ", "
                    + found.servedBy().level().label() + ", by "
                    + found.servedBy().node());
            if (!found.siblings().isEmpty()) {
                output.hint(found.siblings().size()
                        + " concurrent values; all with -o json. A put with --context of this answer replaces them.");
            }
        }
    }
}
