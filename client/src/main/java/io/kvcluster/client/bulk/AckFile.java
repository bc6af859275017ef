package io.kvcluster.client.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@link AckLog} wrote, read back.
 *
 * @param keys in the order of their last acknowledgement
 */
public record AckFile(Map<ByteString, Expected> keys) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What a key may hold.
     *
     * @param sha256 of the value acknowledged last, hex
     * @param possible hashes of puts of unknown outcome: they may have taken effect after it
     */
    public record Expected(long version, String sha256, Set<String> possible) {
        public Expected {
            possible = Set.copyOf(possible);
        }

        boolean allows(String hash) {
            return sha256.equals(hash) || possible.contains(hash);
        }
    }

    /** @throws IOException when a file cannot be read, or naming the line that is not of it */
    public static AckFile read(Path file) throws IOException {
        Map<ByteString, Set<String>> possible = new LinkedHashMap<>();
        Path unknown = AckLog.unknownOf(file);
        if (Files.exists(unknown)) {
            for (JsonNode json : lines(unknown)) {
                possible.computeIfAbsent(KeyText.read(json), _ -> new HashSet<>())
                        .add(hash(json));
            }
        }
        Map<ByteString, Expected> keys = new LinkedHashMap<>();
        for (JsonNode json : lines(file)) {
            ByteString key = KeyText.read(json);
            keys.remove(key);
            keys.put(
                    key, new Expected(json.path("version").asLong(), hash(json), possible.getOrDefault(key, Set.of())));
        }
        return new AckFile(keys);
    }

    /** A run that was killed may have left half a line at the end; that acknowledgement was not yet given. */
    static void cutTornLine(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end < bytes.length) {
            Files.write(file, Arrays.copyOf(bytes, end));
        }
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        List<String> lines = text.lines().toList();
        List<JsonNode> parsed = new java.util.ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            boolean torn = i == lines.size() - 1 && !text.endsWith("\n");
            try {
                JsonNode json = JSON.readTree(lines.get(i));
                KeyText.read(json);
                hash(json);
                parsed.add(json);
            } catch (JsonProcessingException | IllegalArgumentException e) {
                if (!torn) {
                    throw new IOException(
                            file + " line " + (i + 1) + " is no acknowledgement of kv import: " + e.getMessage(), e);
                }
            }
        }
        return parsed;
    }

    private static String hash(JsonNode json) {
        String hash = json.path("sha256").asText("");
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("field \"sha256\" must be 64 hex digits");
        }
        return hash;
    }
}
