package io.kvcluster.node.membership;

import io.kvcluster.node.seams.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A disk whose changes are written down, and whose n-th change fails, with all that follow. */
final class FaultyDisk implements Disk {
    private final Disk real;
    private final int failAt;
    final List<String> changes = new ArrayList<>();

    FaultyDisk(Disk real, int failAt) {
        this.real = real;
        this.failAt = failAt;
    }

    private void change(String what) throws IOException {
        if (changes.size() >= failAt) {
            throw new IOException("injected at " + what);
        }
        changes.add(what);
    }

    @Override
    public DiskFile create(String name, long length) throws IOException {
        change("create " + name);
        return new FaultyFile(name, real.create(name, length));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new FaultyFile(name, real.open(name));
    }

    @Override
    public boolean exists(String name) throws IOException {
        return real.exists(name);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        change("makeDirectory " + name);
        real.makeDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        change("rename " + from + " " + to);
        real.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        change("delete " + name);
        real.delete(name);
    }

    @Override
    public void syncDirectory(String name) throws IOException {
        change("syncDirectory " + name);
        real.syncDirectory(name);
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return real.lock(name);
    }

    @Override
    public long freeBytes() throws IOException {
        return real.freeBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return real.totalBytes();
    }

    private final class FaultyFile implements DiskFile {
        private final String name;
        private final DiskFile file;

        FaultyFile(String name, DiskFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            change("write " + name);
            file.write(from, position);
        }

        @Override
        public void force() throws IOException {
            change("force " + name);
            file.force();
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void truncate(long length) throws IOException {
            change("truncate " + name);
            file.truncate(length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
