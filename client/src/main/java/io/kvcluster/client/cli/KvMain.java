package io.kvcluster.client.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code kv}. */
@Command(
        name = "kv",
        mixinStandardHelpOptions = true,
        versionProvider = KvMain.Version.class,
        description = "Reads and writes a kvcluster, and shows how it is.",
        footer = {
            "",
            "The server is --server, else $KV_SERVER, else localhost:50051.",
            "Exit codes: 0 done, 1 failed, 2 usage, 3 unknown outcome (a write may have been applied)."
        },
        subcommands = {
            GetCommand.class,
            PutCommand.class,
            DeleteCommand.class,
            BatchCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            StatusCommand.class,
            RingCommand.class,
            NodesCommand.class,
            MappingCommand.class,
            PlanCommand.class,
            RepairCommand.class,
            BenchCommand.class,
            CommandLine.HelpCommand.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class KvMain implements Runnable {
    @Spec
    private CommandSpec spec;

    KvMain() {}

    public static void main(String[] args) {
        Logs.warningsToStandardError();
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** One command from its arguments to its exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine kv = new CommandLine(new KvMain());
        kv.setOut(out);
        kv.setErr(err);
        kv.setCaseInsensitiveEnumValuesAllowed(true);
        kv.setUsageHelpAutoWidth(true);
        Converters.register(kv);
        kv.setParameterExceptionHandler((e, _) -> usage(e));
        kv.setExecutionExceptionHandler((e, command, _) -> Errors.report(e, command.getErr()));
        int code = kv.execute(args);
        out.flush();
        err.flush();
        return code;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("kv: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
        err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /** From the jar's manifest; a build from classes has none. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = KvMain.class.getPackage().getImplementationVersion();
            return new String[] {"kv " + (version == null ? "(development build)" : version)};
        }
    }
}
