package io.kvcluster.local.cli;

import java.io.InputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kv local logs NODE}. */
@Command(name = "logs", mixinStandardHelpOptions = true, description = "Prints what a node printed.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LogsCommand implements Callable<Integer> {
    @Mixin
    private Folder folder = new Folder();

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            description = "Namespace of the pod (${DEFAULT-VALUE}).")
    private String namespace;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is printed from now on.")
    private boolean follow;

    @Option(
            names = {"-p", "--previous"},
            description = "Of the process before the last restart.")
    private boolean previous;

    @Parameters(paramLabel = "NODE", description = "Name of the pod, as \"kv local status\" shows it.")
    private String node;

    @Override
    public Integer call() throws Exception {
        String path =
                "/api/v1/namespaces/" + namespace + "/pods/" + node + "/log?follow=" + follow + "&previous=" + previous;
        try (ApiReader api = new ApiReader(folder);
                InputStream log = api.get(path, "*/*")) {
            log.transferTo(System.out);
            System.out.flush();
        }
        return 0;
    }
}
