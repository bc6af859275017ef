package io.kvcluster.e2e.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real kubectl, named by {@code e2e.kubectl}. */
public final class Kubectl {
    private static final long LIMIT_SECONDS = 120;

    private final String program;
    private final Path kubeconfig;
    private final String namespace;

    private Kubectl(String program, Path kubeconfig, String namespace) {
        this.program = program;
        this.kubeconfig = kubeconfig;
        this.namespace = namespace;
    }

    /** It ended with an error, as it should. */
    public record Failed(int exitCode, String output) {}

    public static Kubectl of(Target target) {
        try {
            Path file = Files.createTempFile("kubeconfig", ".yaml");
            file.toFile().deleteOnExit();
            Files.writeString(file, target.kubeconfig());
            return new Kubectl(Settings.text("kubectl").orElseThrow(), file, target.namespace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return what it printed */
    public String run(String... arguments) {
        Failed ended = end("", arguments);
        if (ended.exitCode() != 0) {
            throw new AssertionError("kubectl " + String.join(" ", arguments) + " ended with " + ended);
        }
        return ended.output();
    }

    /** @param input for its standard input */
    public Failed fails(String input, String... arguments) {
        Failed ended = end(input, arguments);
        if (ended.exitCode() == 0) {
            throw new AssertionError("kubectl " + String.join(" ", arguments) + " was done: " + ended.output());
        }
        return ended;
    }

    private Failed end(String input, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(program, "--kubeconfig", kubeconfig.toString(), "--namespace", namespace));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end within " + LIMIT_SECONDS + " s: " + output);
            }
            return new Failed(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(program + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
