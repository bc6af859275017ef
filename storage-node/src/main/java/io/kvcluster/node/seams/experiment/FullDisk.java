package io.kvcluster.node.seams.experiment;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A disk with no more free bytes than a fault leaves it: it tells so, and refuses files and growth beyond. What is allocated
 * already can be written, as on a real one. Files that a library maps for itself are not under its control.
 */
final class FullDisk implements Disk {
    private final Disk real;
    private final Supplier<Faults> faults;

    FullDisk(Disk real, Supplier<Faults> faults) {
        this.real = real;
        this.faults = faults;
    }

    private void demand(String name, long bytes) throws DiskFullException {
        OptionalLong free = faults.get().freeBytes();
        if (free.isPresent() && bytes > free.getAsLong()) {
            throw new DiskFullException(name + ": no space for " + bytes + " bytes, " + free.getAsLong()
                    + " are left (experiment: disk.free-bytes)");
        }
    }

    @Override
    public DiskFile create(String name, long length) throws IOException {
        demand(name, length);
        return new GrowthChecked(name, real.create(name, length));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new GrowthChecked(name, real.open(name));
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
        real.makeDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        real.delete(name);
    }

    @Override
    public void syncDirectory(String name) throws IOException {
        real.syncDirectory(name);
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return real.lock(name);
    }

    @Override
    public long freeBytes() throws IOException {
        return Math.min(real.freeBytes(), faults.get().freeBytes().orElse(Long.MAX_VALUE));
    }

    @Override
    public long totalBytes() throws IOException {
        return real.totalBytes();
    }

    private final class GrowthChecked implements DiskFile {
        private final String name;
        private final DiskFile file;

        GrowthChecked(String name, DiskFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            if (faults.get().freeBytes().isPresent()) {
                demand(name, Math.max(0, position + from.remaining() - file.length()));
            }
            file.write(from, position);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void truncate(long length) throws IOException {
            file.truncate(length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
