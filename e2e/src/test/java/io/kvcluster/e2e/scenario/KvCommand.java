package io.kvcluster.e2e.scenario;

import io.kvcluster.client.cli.KvMain;
import io.kvcluster.e2e.cluster.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The command {@code kv} as a process of its own. */
final class KvCommand {
    private static final int PART_BYTES = 8_192;

    private final Process process;
    private final Path output;
    private final ExecutorService feeder = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("kv-input").factory());

    private KvCommand(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static KvCommand start(Cluster cluster, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                KvMain.class.getName()));
        command.addAll(List.of(arguments));
        command.add("--server");
        command.add(cluster.nodes().stream()
                .map(node -> node.address().grpc().toString())
                .collect(Collectors.joining(",")));
        try {
            Path output = Files.createTempFile("kv-" + arguments[0] + "-", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            return new KvCommand(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    /** Gives it these bytes of a file to read from its standard input, after those given before. Does not wait until it has read them. */
    void feed(Path file, long from, long to, boolean last) {
        feeder.execute(() -> {
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(from);
                OutputStream toProcess = process.getOutputStream();
                for (long left = to - from; left > 0; ) {
                    byte[] part = in.readNBytes((int) Math.min(left, PART_BYTES));
                    toProcess.write(part);
                    left -= part.length;
                }
                toProcess.flush();
                if (last) {
                    toProcess.close();
                }
            } catch (IOException ended) {
                // Its exit code and output tell why.
                kill();
            }
        });
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** @return its exit code */
    int await(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("kv did not end within " + seconds + " s: " + output());
        }
        return process.exitValue();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        feeder.shutdownNow();
        process.destroyForcibly();
    }
}
