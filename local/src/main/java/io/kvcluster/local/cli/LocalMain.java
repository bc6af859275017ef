package io.kvcluster.local.cli;

import io.kvcluster.local.LocalException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code kv local}. Exit codes: 0 done, 1 failed, 2 usage. */
@Command(
        name = "kv local",
        mixinStandardHelpOptions = true,
        description = "A kvcluster on this machine: an embedded Kubernetes API, the real operator, real storage nodes.",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            KillCommand.class,
            LogsCommand.class,
            CommandLine.HelpCommand.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class LocalMain implements Runnable {
    @Spec
    private CommandSpec spec;

    LocalMain() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /** One command from its arguments to its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new LocalMain())
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    if (!(e instanceof LocalException)) {
                        throw e;
                    }
                    err.println("kv local: " + e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: one of up, down, status, kill, logs");
    }
}
