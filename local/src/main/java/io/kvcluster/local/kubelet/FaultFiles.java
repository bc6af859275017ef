package io.kvcluster.local.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A file for each pod, from which its process learns what faults it suffers. There are none but in a cluster for experiments. */
public final class FaultFiles {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final @Nullable Path folder;

    private FaultFiles(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Begins with healthy pods. */
    static FaultFiles in(Path folder, boolean experiments) throws IOException {
        if (!experiments) {
            return new FaultFiles(null);
        }
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path old : files.toList()) {
                Files.delete(old);
            }
        }
        return new FaultFiles(folder);
    }

    Optional<Path> of(PodKey pod) {
        return Optional.ofNullable(folder).map(in -> in.resolve(pod.namespace() + "_" + pod.name()));
    }

    /** Returns when the process says that these faults, and no others, are in force. @throws IllegalStateException when it does not say so */
    public void suffer(RunningPod pod, Map<String, String> faults) {
        Path file = of(new PodKey(pod.namespace(), pod.name()))
                .orElseThrow(() -> new IllegalStateException("this local cluster was not started for experiments"));
        String text = new TreeMap<>(faults)
                .entrySet().stream()
                        .map(fault -> fault.getKey() + "=" + fault.getValue() + "\n")
                        .collect(Collectors.joining());
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            awaitApplied(pod, file.resolveSibling(file.getFileName() + ".applied"), text);
        } catch (IOException e) {
            throw new UncheckedIOException("faults of " + pod.name(), e);
        }
    }

    private static void awaitApplied(RunningPod pod, Path applied, String text) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(applied) || !Files.readString(applied).equals(text)) {
            if (System.nanoTime() > end || !pod.process().isAlive()) {
                throw new IllegalStateException("pod " + pod.name() + " does not take over its faults: " + text);
            }
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while pod " + pod.name() + " takes over its faults");
            }
        }
    }
}
