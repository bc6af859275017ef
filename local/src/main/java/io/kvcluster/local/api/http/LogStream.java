package io.kvcluster.local.api.http;

import io.kvcluster.local.api.error.ApiError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/** {@code kubectl logs}: the end of a pod's log, and with {@code follow} what is added to it. */
final class LogStream {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final int MAX_LINE_BYTES = 1 << 20;

    private final Call call;
    private final Path file;
    private final Instant since;
    private final boolean timestamps;
    private long bytesLeft;

    LogStream(Call call, Path file, Instant now) {
        this.call = call;
        this.file = file;
        long seconds = number("sinceSeconds", -1);
        String time = call.parameter("sinceTime");
        this.since = seconds >= 0 ? now.minusSeconds(seconds) : time.isEmpty() ? Instant.MIN : Instant.parse(time);
        this.timestamps = call.flag("timestamps");
        this.bytesLeft = number("limitBytes", Long.MAX_VALUE);
    }

    private long number(String name, long missing) {
        String text = call.parameter(name);
        try {
            return text.isEmpty() ? missing : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ApiError.badRequest(name + ": Invalid value: \"" + text + "\": must be a number");
        }
    }

    /** Writes until the end of the log, or while following until {@code over} or the reader is gone. */
    void run(BooleanSupplier over) throws IOException {
        long tail = number("tailLines", Long.MAX_VALUE);
        boolean follow = call.flag("follow");
        try (OutputStream out = call.stream("text/plain")) {
            long at = writeTail(out, tail);
            out.flush();
            while (follow && bytesLeft > 0 && !over.getAsBoolean()) {
                Thread.sleep(LOOK_AGAIN);
                long length = Files.exists(file) ? Files.size(file) : 0;
                if (length < at) {
                    at = 0;
                }
                if (length > at) {
                    at = writeFrom(out, at);
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long writeTail(OutputStream out, long tail) throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            if (tail == Long.MAX_VALUE) {
                return writeLines(log, out);
            }
            ArrayDeque<byte[]> last = new ArrayDeque<>();
            byte[] line = readLine(log);
            while (line != null) {
                last.addLast(line);
                if (last.size() > tail) {
                    last.removeFirst();
                }
                line = readLine(log);
            }
            for (byte[] kept : last) {
                write(out, kept);
            }
            return log.getFilePointer();
        }
    }

    private long writeFrom(OutputStream out, long at) throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(at);
            return writeLines(log, out);
        }
    }

    private long writeLines(RandomAccessFile log, OutputStream out) throws IOException {
        byte[] line = readLine(log);
        while (line != null) {
            write(out, line);
            line = readLine(log);
        }
        return log.getFilePointer();
    }

    /** The next whole line without its end; null and back at its begin when it is not finished. */
    private static byte @org.jspecify.annotations.Nullable [] readLine(RandomAccessFile log) throws IOException {
        long start = log.getFilePointer();
        byte[] buffer = new byte[8192];
        java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
        int read = log.read(buffer);
        while (read > 0) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    line.write(buffer, 0, i);
                    log.seek(start + line.size() + 1);
                    return line.toByteArray();
                }
            }
            line.write(buffer, 0, read);
            if (line.size() > MAX_LINE_BYTES) {
                return line.toByteArray();
            }
            read = log.read(buffer);
        }
        log.seek(start);
        return null;
    }

    private void write(OutputStream out, byte[] line) throws IOException {
        String text = new String(line, StandardCharsets.UTF_8);
        int space = text.indexOf(' ');
        if (space > 0 && isBefore(text.substring(0, space))) {
            return;
        }
        byte[] shown =
                ((timestamps || space < 0 ? text : text.substring(space + 1)) + "\n").getBytes(StandardCharsets.UTF_8);
        int length = (int) Math.min(bytesLeft, shown.length);
        out.write(shown, 0, length);
        bytesLeft -= length;
    }

    private boolean isBefore(String timestamp) {
        if (since.equals(Instant.MIN)) {
            return false;
        }
        try {
            return Instant.parse(timestamp).isBefore(since);
        } catch (DateTimeException e) {
            return false;
        }
    }
}
