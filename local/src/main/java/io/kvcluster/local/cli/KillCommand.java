package io.kvcluster.local.cli;

import io.kvcluster.local.LocalException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kv local kill NODE}. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        description = "Ends a node's process with SIGKILL, as a crash would. It is started again.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KillCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Folder folder = new Folder();

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            description = "Namespace of the pod (${DEFAULT-VALUE}).")
    private String namespace;

    @Parameters(paramLabel = "NODE", description = "Name of the pod, as \"kv local status\" shows it.")
    private String node;

    @Override
    public Integer call() throws Exception {
        ProcessHandle process = folder.pods()
                .find(namespace + "/" + node)
                .orElseThrow(() -> new LocalException("no process of pod \"" + node + "\" in namespace \"" + namespace
                        + "\" runs; \"kv local status\" shows the pods"));
        process.destroyForcibly();
        spec.commandLine().getOut().println("killed process " + process.pid() + " of " + node);
        return 0;
    }
}
