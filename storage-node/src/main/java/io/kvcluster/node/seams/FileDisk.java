package io.kvcluster.node.seams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** A directory of the file system. Files are forced without their access times (fdatasync). */
public final class FileDisk implements Disk {
    private static final int ZEROES = 1 << 20;
    /** A file that is made is forced as it grows: all of it at once would keep the disk busy while others wait for their fsyncs. */
    private static final int FORCE_EVERY = 2 << 20;

    private final Path root;

    /** @param root made when absent, with its parents */
    public FileDisk(Path root) throws IOException {
        this.root = Files.createDirectories(root.toAbsolutePath()).toRealPath();
    }

    /** Where the name lies in the file system, for libraries that open files themselves. */
    public Path path(String name) {
        Path path = name.isEmpty() ? root : root.resolve(name).normalize();
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException("name " + name + " leaves the data directory");
        }
        return path;
    }

    @Override
    public DiskFile create(String name, long length) throws IOException {
        FileChannel channel = FileChannel.open(
                path(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        OpenFile file = new OpenFile(name, channel);
        try {
            file.fill(length);
            return file;
        } catch (IOException failed) {
            file.close();
            Files.deleteIfExists(path(name));
            throw failed;
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new OpenFile(name, FileChannel.open(path(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        Path path = path(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        Files.createDirectories(path(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Path path = path(name);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Deque<Path> deepestFirst = new ArrayDeque<>();
        try (Stream<Path> all = Files.walk(path)) {
            all.forEach(deepestFirst::push);
        }
        for (Path each : deepestFirst) {
            Files.deleteIfExists(each);
        }
    }

    @Override
    public void syncDirectory(String name) throws IOException {
        try (FileChannel directory = FileChannel.open(path(name), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        FileChannel channel = FileChannel.open(path(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException samePocess) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new LockedException(
                    "data directory " + root + " is in use: another process holds " + path(name) + "; stop it first");
        }
        return channel;
    }

    @Override
    public long freeBytes() throws IOException {
        return store().getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return store().getTotalSpace();
    }

    private FileStore store() throws IOException {
        return Files.getFileStore(root);
    }

    /** The kernel's answer reaches Java only as a text. */
    private static IOException named(String name, IOException failed) {
        String message = String.valueOf(failed.getMessage());
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return new DiskFullException(name + ": " + message);
        }
        return failed instanceof NoSuchFileException || failed instanceof FileAlreadyExistsException
                ? failed
                : new IOException(name + ": " + message, failed);
    }

    private static final class OpenFile implements DiskFile {
        private final String name;
        private final FileChannel channel;

        private OpenFile(String name, FileChannel channel) {
            this.name = name;
            this.channel = channel;
        }

        private void fill(long length) throws IOException {
            ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(length, ZEROES));
            for (long at = 0; at < length; ) {
                zeroes.clear().limit((int) Math.min(length - at, zeroes.capacity()));
                at += zeroes.remaining();
                write(zeroes, at - zeroes.remaining());
                if (at % FORCE_EVERY == 0) {
                    force();
                }
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int total = 0;
            try {
                while (into.hasRemaining()) {
                    int read = channel.read(into, position + total);
                    if (read < 0) {
                        break;
                    }
                    total += read;
                }
            } catch (IOException failed) {
                throw named(name, failed);
            }
            return total;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            try {
                long at = position;
                while (from.hasRemaining()) {
                    at += channel.write(from, at);
                }
            } catch (IOException failed) {
                throw named(name, failed);
            }
        }

        @Override
        public void force() throws IOException {
            try {
                channel.force(false);
            } catch (IOException failed) {
                throw named(name, failed);
            }
        }

        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long length) throws IOException {
            channel.truncate(length);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
