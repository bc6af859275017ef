package io.kvcluster.client.cli;

import com.google.protobuf.ByteString;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "put", mixinStandardHelpOptions = true, description = "Stores a value under a key.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PutCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Connection connection;

    @Mixin
    private ConsistencyOption consistency;

    @Mixin
    private Output output;

    @Parameters(index = "0", paramLabel = "KEY", description = "1 to 4096 bytes.")
    private String key;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "Up to 1 MiB; or use --file.")
    private @Nullable String value;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Takes the value's bytes from FILE; - is standard input.")
    private @Nullable String file;

    @Option(names = "--base64", description = "KEY and VALUE are base64.")
    private boolean base64;

    @Option(
            names = "--context",
            paramLabel = "BASE64",
            defaultValue = "",
            description = "The context of the answer that this put builds on.")
    private String context;

    @Option(
            names = "--ttl",
            paramLabel = "DURATION",
            description = "After it the key counts as deleted: 500ms, 60s, 5m, 1h, 7d; up to ten years.")
    private @Nullable Duration ttl;

    @Override
    public Integer call() throws IOException {
        ByteString name = ByteString.copyFrom(Outcomes.bytes(key, base64));
        ByteString bytes = bytes();
        RequestOptions options =
                connection.options(consistency.level()).after(ByteString.copyFrom(Outcomes.bytes(context, true)));
        options = lasting(options);
        try (KvClient client = connection.open()) {
            WriteOutcome outcome = client.put(name, bytes, options);
            WriteResults.print(output, "put of", name, outcome);
            return Outcomes.exitCode(outcome);
        }
    }

    private RequestOptions lasting(RequestOptions options) {
        Duration asked = ttl;
        if (asked == null) {
            return options;
        }
        try {
            return options.lasting(positive(asked));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--ttl: " + wrong.getMessage());
        }
    }

    private static Duration positive(Duration asked) {
        if (asked.isZero()) {
            throw new IllegalArgumentException("ttl is 0, but must be between 1 ms and ten years");
        }
        return asked;
    }

    private ByteString bytes() throws IOException {
        String text = value;
        String from = file;
        if ((text == null) == (from == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    text == null ? "a VALUE or --file is missing" : "give VALUE or --file, not both");
        }
        if (text != null) {
            return ByteString.copyFrom(Outcomes.bytes(text, base64));
        }
        return from == null || from.equals("-")
                ? ByteString.readFrom(System.in)
                : ByteString.copyFrom(Files.readAllBytes(Path.of(from)));
    }
}
