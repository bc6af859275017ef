package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which processes are ours, on disk: a file for each pod with the process id, its start time in clock ticks and the boot it
 * happened in. The three together name one process for ever, so that a reused process id is never taken for ours.
 */
public final class ProcessTable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTable.class);
    private static final int START_TIME_FIELD = 19; // of /proc/PID/stat, counted after the name in parentheses
    private static final long KILL_SECONDS = 10;

    private final Path folder;

    public ProcessTable(Path folder) {
        this.folder = folder;
    }

    /** Notes a process under a name such as {@code namespace/pod}. */
    public void record(String pod, ProcessHandle process) throws IOException {
        ObjectNode entry = Json.object()
                .put("pod", pod)
                .put("pid", process.pid())
                .put("startTicks", startTicks(process.pid()))
                .put("boot", boot());
        Path file = file(pod);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.createDirectories(folder);
        Files.write(fresh, Json.write(entry));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public void forget(String pod) {
        try {
            Files.deleteIfExists(file(pod));
        } catch (IOException e) {
            LOG.warn("{} could not be removed: {}", file(pod), e.getMessage());
        }
    }

    private Path file(String pod) {
        return folder.resolve(pod.replace('/', '_') + ".json");
    }

    /** The living process of a pod ({@code namespace/name}), if it is still the one that was started. */
    public Optional<ProcessHandle> find(String pod) throws IOException {
        try {
            return living(Json.parse(Files.readAllBytes(file(pod))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<ProcessHandle> living(JsonNode entry) throws IOException {
        long pid = entry.path("pid").asLong();
        boolean same = Json.text(entry, "boot").equals(boot())
                && !Json.text(entry, "startTicks").isEmpty()
                && Json.text(entry, "startTicks").equals(startTicks(pid));
        return same ? ProcessHandle.of(pid) : Optional.empty();
    }

    /** Kills what an earlier run that was itself killed left behind; returns how many. */
    int killStale() throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".json")).toList();
        }
        int killed = 0;
        for (Path file : files) {
            Optional<ProcessHandle> stale = living(Json.parse(Files.readAllBytes(file)));
            if (stale.isPresent()) {
                kill(stale.get());
                killed++;
            }
            Files.delete(file);
        }
        return killed;
    }

    private static void kill(ProcessHandle process) throws IOException {
        process.destroyForcibly();
        try {
            process.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            throw new IOException("process " + process.pid() + " of an earlier run does not end after SIGKILL", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** When a process started, in clock ticks since boot; empty when there is none. */
    private static String startTicks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME_FIELD];
        } catch (IOException e) {
            return "";
        }
    }

    private static String boot() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
