package io.kvcluster.client.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Lines of an export, and beside them, in FILE.progress, how far it is: written after the lines that it speaks of are on the
 * disk, so an export that was cut off goes on from there and has no line twice. One thread.
 */
public final class ExportFile implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path progressFile;
    private final FileChannel lines;
    private Progress progress;

    /**
     * How far an export is.
     *
     * @param partition the one that it is in
     * @param after the last key of that partition that is done; empty at its begin
     * @param keys lines written
     * @param bytes of those lines
     */
    public record Progress(int partition, ByteString after, long keys, long bytes) {
        static final Progress BEGIN = new Progress(0, ByteString.EMPTY, 0, 0);
    }

    private ExportFile(Path progressFile, FileChannel lines, Progress progress) {
        this.progressFile = progressFile;
        this.lines = lines;
        this.progress = progress;
    }

    /**
     * @param resume goes on after an earlier export into the same file; otherwise the file must not exist
     * @throws FileAlreadyExistsException when it does
     */
    public static ExportFile open(Path file, boolean resume) throws IOException {
        Path progressFile = file.resolveSibling(file.getFileName() + ".progress");
        if (!resume && Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Progress progress = resume && Files.exists(progressFile) ? read(progressFile) : Progress.BEGIN;
        FileChannel lines = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lines.size() < progress.bytes()) {
                throw new IOException(file + " has " + lines.size() + " bytes, but " + progressFile + " says "
                        + progress.bytes() + ": it is not what that export wrote");
            }
            lines.truncate(progress.bytes());
            lines.position(progress.bytes());
            return new ExportFile(progressFile, lines, progress);
        } catch (IOException e) {
            lines.close();
            throw e;
        }
    }

    public Progress progress() {
        return progress;
    }

    /** The entries, and that the partition is done up to a key. */
    void append(int partition, ByteString after, List<Entry> entries) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            ObjectNode json = JSON.createObjectNode();
            KeyText.write(json, entry.key());
            KeyText.write(json, "value", "encoding", entry.value());
            text.append(JSON.writeValueAsString(json)).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            lines.write(left);
        }
        lines.force(false);
        progress = new Progress(partition, after, progress.keys() + entries.size(), progress.bytes() + bytes.length);
        save();
    }

    private void save() throws IOException {
        ObjectNode json = JSON.createObjectNode().put("partition", progress.partition());
        KeyText.write(json, "after", "afterEncoding", progress.after());
        json.put("keys", progress.keys()).put("bytes", progress.bytes());
        Path next = progressFile.resolveSibling(progressFile.getFileName() + ".next");
        Files.writeString(next, JSON.writeValueAsString(json) + "\n");
        Files.move(next, progressFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The export is whole: nothing is left to go on from. */
    void finish() throws IOException {
        Files.deleteIfExists(progressFile);
    }

    private static Progress read(Path file) throws IOException {
        JsonNode json = JSON.readTree(file.toFile());
        if (!json.path("partition").isInt()
                || !json.path("bytes").isIntegralNumber()
                || !json.path("after").isTextual()) {
            throw new IOException(file + " is no progress of kv export");
        }
        return new Progress(
                json.path("partition").asInt(),
                KeyText.read(json, "after", "afterEncoding"),
                json.path("keys").asLong(),
                json.path("bytes").asLong());
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
