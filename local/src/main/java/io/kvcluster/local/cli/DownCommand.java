package io.kvcluster.local.cli;

import io.kvcluster.local.LocalException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kv local down}. */
@Command(name = "down", mixinStandardHelpOptions = true, description = "Stops the cluster; its data stays.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DownCommand implements Callable<Integer> {
    private static final int LIMIT_SECONDS = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private Folder folder = new Folder();

    @Override
    public Integer call() throws Exception {
        Optional<ProcessHandle> running = folder.running();
        if (running.isEmpty()) {
            spec.commandLine().getOut().println("no local cluster runs in " + folder.path());
            return 0;
        }
        running.get().destroy();
        try {
            running.get().onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new LocalException(
                    "process " + running.get().pid() + " did not end within " + LIMIT_SECONDS + " s", e);
        }
        spec.commandLine().getOut().println("stopped; the data is in " + folder.path());
        return 0;
    }
}
