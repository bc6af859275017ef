package io.kvcluster.client.bulk;

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
import java.nio.file.StandardOpenOption;

/**
 * What a run was told, as it was told: FILE has a line for each acknowledged put, FILE.unknown one for each put whose
 * outcome stayed unknown. A line is one write call, so a killed run leaves whole lines but perhaps the last. Any thread.
 */
public final class AckLog implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileChannel acknowledged;
    private final FileChannel unknown;

    private AckLog(FileChannel acknowledged, FileChannel unknown) {
        this.acknowledged = acknowledged;
        this.unknown = unknown;
    }

    /**
     * @param resume appends to what an earlier run left; otherwise the file must not exist
     * @throws FileAlreadyExistsException when it does
     */
    public static AckLog open(Path file, boolean resume) throws IOException {
        if (!resume && Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        if (resume && Files.exists(file)) {
            AckFile.cutTornLine(file);
        }
        FileChannel acknowledged = append(file);
        try {
            return new AckLog(acknowledged, append(unknownOf(file)));
        } catch (IOException e) {
            acknowledged.close();
            throw e;
        }
    }

    static Path unknownOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".unknown");
    }

    void acknowledged(ByteString key, long version, String sha256) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        KeyText.write(json, key);
        append(acknowledged, json.put("version", version).put("sha256", sha256));
    }

    void unknown(ByteString key, String sha256, String reason) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        KeyText.write(json, key);
        append(unknown, json.put("sha256", sha256).put("reason", reason));
    }

    @Override
    public void close() throws IOException {
        try (acknowledged;
                unknown) {
            acknowledged.force(false);
        }
    }

    private static void append(FileChannel channel, ObjectNode json) throws IOException {
        byte[] line = (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
        int written = channel.write(ByteBuffer.wrap(line));
        if (written != line.length) {
            throw new IOException(
                    "only " + written + " of " + line.length + " bytes of an acknowledgement were written");
        }
    }

    private static FileChannel append(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }
}
