package io.kvcluster.local.api.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects on disk: one JSON line for each write, appended and forced before the write is answered, rewritten when most
 * of it is history. A last line that was cut by a crash is dropped, since nobody was told of it; any other damage refuses
 * to open. Used by one thread.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final long REWRITE_BYTES = 16L << 20;

    private final Path file;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private FileChannel channel;
    private long sizeAfterRewrite;

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads the file into the map, and opens it for appending.
     *
     * @return the journal and the highest revision in it
     * @throws IOException when the file cannot be read or is damaged before its last line
     */
    static Opened open(Path file, Map<ObjectKey, ObjectNode> objects) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        long revision = 0;
        if (Files.exists(file)) {
            revision = replay(file, objects);
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        Journal journal = new Journal(file, channel);
        journal.rewrite(objects, revision);
        return new Opened(journal, revision);
    }

    record Opened(Journal journal, long revision) {}

    private static long replay(Path file, Map<ObjectKey, ObjectNode> objects) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long revision = 0;
        int start = 0;
        int line = 1;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                revision = Math.max(revision, replayLine(file, line, bytes, start, i, objects));
                start = i + 1;
                line++;
            }
        }
        if (start < bytes.length) {
            LOG.warn("{}: dropped an unfinished last line of {} bytes", file, bytes.length - start);
        }
        return revision;
    }

    private static long replayLine(
            Path file, int line, byte[] bytes, int start, int end, Map<ObjectKey, ObjectNode> objects)
            throws IOException {
        JsonNode record;
        try {
            record = Json.parse(java.util.Arrays.copyOfRange(bytes, start, end));
        } catch (IOException e) {
            throw new IOException(
                    file + ", line " + line + ": not a record of the object store; the file is damaged. Move it away to"
                            + " start empty (data directories of the nodes are not in it).",
                    e);
        }
        if (record.has("key")) {
            JsonNode key = record.path("key");
            ObjectKey at = new ObjectKey(
                    key.path(0).asText(), key.path(1).asText(), key.path(2).asText());
            if (record.get("object") instanceof ObjectNode object) {
                objects.put(at, object);
            } else {
                objects.remove(at);
            }
        }
        return record.path("revision").asLong();
    }

    /** Adds a line to the next {@link #force}; a null object is a deletion. */
    void append(long revision, ObjectKey key, @Nullable ObjectNode object) {
        ObjectNode line = Json.object().put("revision", revision);
        line.putArray("key").add(key.resource()).add(key.namespace()).add(key.name());
        if (object != null) {
            line.set("object", object);
        }
        pending.writeBytes(Json.write(line));
        pending.write('\n');
    }

    /** Writes and forces the appended lines, then rewrites the file when it has grown. */
    void force(Map<ObjectKey, ObjectNode> objects, long revision) throws IOException {
        if (pending.size() == 0) {
            return;
        }
        writeFully(channel, pending.toByteArray());
        pending.reset();
        channel.force(false);
        if (channel.size() > Math.max(REWRITE_BYTES, 4 * sizeAfterRewrite)) {
            rewrite(objects, revision);
        }
    }

    private void rewrite(Map<ObjectKey, ObjectNode> objects, long revision) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(out, ("{\"revision\":" + revision + "}\n").getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<ObjectKey, ObjectNode> entry : objects.entrySet()) {
                append(revision, entry.getKey(), entry.getValue());
                writeFully(out, pending.toByteArray());
                pending.reset();
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        channel.close();
        channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        sizeAfterRewrite = channel.size();
    }

    private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
