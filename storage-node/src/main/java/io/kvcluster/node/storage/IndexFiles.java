package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.storage.CleanMarker.IndexMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/** The index files on disk: a file counts only while it is exactly what was closed in order. */
final class IndexFiles {
    private static final int WINDOW = 1 << 20;

    private IndexFiles() {}

    /** Makes the closed file durable and measures it. */
    static IndexMark seal(Disk disk, IndexMark closed) throws IOException {
        try (DiskFile file = disk.open(closed.file())) {
            file.force();
            return new IndexMark(closed.file(), file.length(), crc(file), closed.partitions(), closed.liveBytes());
        }
    }

    static boolean fits(Disk disk, IndexMark mark) throws IOException {
        if (!disk.exists(mark.file())) {
            return false;
        }
        try (DiskFile file = disk.open(mark.file())) {
            return file.length() == mark.length() && crc(file) == mark.crc();
        }
    }

    private static int crc(DiskFile file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
        long position = 0;
        int read = file.read(window, position);
        while (read > 0) {
            position += read;
            crc.update(window.flip());
            read = file.read(window.clear(), position);
        }
        return (int) crc.getValue();
    }

    /** Removes what neither a clean end nor this start made. */
    static void removeAllBut(Disk disk, List<IndexMark> marks) throws IOException {
        Set<String> kept = Set.copyOf(marks.stream().map(IndexMark::file).toList());
        disk.makeDirectory(PartitionRuns.DIRECTORY);
        disk.syncDirectory("");
        for (String name : disk.list(PartitionRuns.DIRECTORY)) {
            String path = PartitionRuns.DIRECTORY + "/" + name;
            if (!kept.contains(path)) {
                disk.delete(path);
            }
        }
    }
}
