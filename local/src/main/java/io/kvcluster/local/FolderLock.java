package io.kvcluster.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One folder, one running local cluster: a lock that the system releases when its process ends. */
record FolderLock(FileChannel channel) implements AutoCloseable {
    /** @throws LocalException when another process, or this one, runs the cluster of this folder */
    static FolderLock take(Path folder) throws IOException {
        Files.createDirectories(folder);
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new FolderLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // this process holds it: said below
        }
        channel.close();
        throw new LocalException("a local cluster is already running in " + folder
                + ". Stop it with \"kv local down\", or choose another folder with --dir DIR.");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
