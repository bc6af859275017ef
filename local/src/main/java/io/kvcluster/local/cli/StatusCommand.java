package io.kvcluster.local.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kv local status}. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows the cluster's KvClusters and pods.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Folder folder = new Folder();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (ApiReader api = new ApiReader(folder)) {
            out.println(TextTable.of(api.table("/apis/kvcluster.io/v1beta1/kvclusters")));
            out.print(TextTable.of(api.table("/api/v1/pods")));
        }
        out.println();
        out.println("export KUBECONFIG=" + folder.kubeconfig());
        return 0;
    }
}
