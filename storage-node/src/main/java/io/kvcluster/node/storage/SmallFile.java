package io.kvcluster.node.storage;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file of one JSON object, replaced whole: temporary file, fsync, rename, fsync of the directory. A last line carries the
 * CRC32C of the JSON, so that a damaged file is known as damaged.
 */
final class SmallFile {
    private static final int MAX_BYTES = 16 << 20;
    private static final int CRC_LINE = 10;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private SmallFile() {}

    static void write(Disk disk, String name, Object value) throws IOException {
        byte[] json = JSON.writeValueAsBytes(value);
        ByteBuffer bytes = ByteBuffer.allocate(json.length + CRC_LINE);
        bytes.put(json).put(crcLine(json)).flip();
        String temporary = name + ".tmp";
        disk.delete(temporary);
        try (DiskFile file = disk.create(temporary, bytes.remaining())) {
            file.write(bytes, 0);
            file.force();
        }
        disk.rename(temporary, name);
        disk.syncDirectory("");
    }

    /** Empty when absent. @throws StoreException when damaged */
    static <T> Optional<T> read(Disk disk, String name, Class<T> type) throws IOException, StoreException {
        if (!disk.exists(name)) {
            return Optional.empty();
        }
        ByteBuffer bytes;
        try (DiskFile file = disk.open(name)) {
            if (file.length() > MAX_BYTES || file.length() < CRC_LINE) {
                throw damaged(name, file.length() + " bytes");
            }
            bytes = ByteBuffer.allocate((int) file.length());
            file.read(bytes, 0);
        }
        byte[] json = new byte[bytes.capacity() - CRC_LINE];
        byte[] crc = new byte[CRC_LINE];
        bytes.get(0, json).get(json.length, crc);
        if (!Arrays.equals(crc, crcLine(json))) {
            throw damaged(name, "its checksum does not fit");
        }
        return Optional.of(JSON.readValue(json, type));
    }

    static void delete(Disk disk, String name) throws IOException {
        if (disk.exists(name)) {
            disk.delete(name);
            disk.syncDirectory("");
        }
    }

    private static byte[] crcLine(byte[] json) {
        CRC32C crc = new CRC32C();
        crc.update(json);
        return String.format(Locale.ROOT, "\n%08x\n", crc.getValue()).getBytes(StandardCharsets.US_ASCII);
    }

    private static StoreException damaged(String name, String how) {
        return new StoreException(StoreException.Kind.DAMAGED, name + " is damaged: " + how);
    }
}
