package io.kvcluster.local.kubelet;

import io.kvcluster.local.api.http.PodLogs;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pods print: two files for each pod, of the running process and of the one before. A thread for each process copies
 * its output, with a timestamp before each line; a log that grows beyond its limit begins anew.
 */
final class LogFiles implements PodLogs {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    private static final long MAX_FILE_BYTES = 20L << 20;
    private static final int MAX_LINE_BYTES = 16 << 10;

    private final Path folder;
    private final Clock clock;

    LogFiles(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    @Override
    public Optional<Path> file(String namespace, String pod, boolean previous) {
        Path file = current(namespace, pod, previous);
        return Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    private Path current(String namespace, String pod, boolean previous) {
        return folder.resolve(namespace + "_" + pod).resolve(previous ? "previous.log" : "current.log");
    }

    /** Begins the log of a new process; that of the last one becomes the previous log. */
    void follow(String namespace, String pod, Process process) throws IOException {
        Path file = current(namespace, pod, false);
        Files.createDirectories(file.getParent());
        if (Files.exists(file)) {
            Files.move(file, current(namespace, pod, true), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.createFile(file);
        Thread.ofPlatform().name("log-" + pod).daemon(true).start(() -> copy(process.getInputStream(), file));
    }

    private void copy(InputStream in, Path file) {
        byte[] line = new byte[MAX_LINE_BYTES];
        byte[] buffer = new byte[8192];
        int length = 0;
        long written = 0;
        try (in;
                OutputStream first = open(file)) {
            OutputStream out = first;
            int read = in.read(buffer);
            while (read >= 0) {
                for (int i = 0; i < read; i++) {
                    boolean end = buffer[i] == '\n';
                    if (!end) {
                        line[length++] = buffer[i];
                    }
                    if (end || length == MAX_LINE_BYTES) {
                        written += write(out, line, length);
                        length = 0;
                    }
                }
                out.flush();
                if (written > MAX_FILE_BYTES) {
                    Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING)
                            .close();
                    written = 0;
                }
                read = in.read(buffer);
            }
            if (length > 0) {
                write(out, line, length);
            }
        } catch (IOException e) {
            LOG.debug("log {} ends: {}", file, e.getMessage());
        }
    }

    private static OutputStream open(Path file) throws IOException {
        return new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    private int write(OutputStream out, byte[] line, int length) throws IOException {
        byte[] time = (clock.instant() + " ").getBytes(StandardCharsets.US_ASCII);
        out.write(time);
        out.write(line, 0, length);
        out.write('\n');
        return time.length + length + 1;
    }
}
