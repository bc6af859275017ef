package io.kvcluster.node.membership;

import io.kvcluster.node.seams.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A small text that is replaced as a whole: temporary file, force, rename, force of the directory. Either text survives. */
final class DurableFile {
    private final Disk disk;
    private final String name;
    private final int maxBytes;

    DurableFile(Disk disk, String name, int maxBytes) {
        this.disk = disk;
        this.name = name;
        this.maxBytes = maxBytes;
    }

    boolean exists() throws IOException {
        return disk.exists(name);
    }

    String read() throws IOException {
        try (Disk.DiskFile file = disk.open(name)) {
            long length = file.length();
            if (length > maxBytes) {
                throw new IOException(name + " has " + length + " bytes, more than " + maxBytes);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            file.read(bytes, 0);
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }

    /** Durable when it returns; when it throws, the old text stands. */
    void replace(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String temporary = name + ".tmp";
        disk.delete(temporary);
        try (Disk.DiskFile file = disk.create(temporary, bytes.length)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
        }
        disk.rename(temporary, name);
        disk.syncDirectory("");
    }
}
