package io.kvcluster.node.seams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;

/** A {@link SimulatedDisk} in a world with time: each call blocks its caller for as long as such a disk needs. */
public final class TimedDisk implements Disk {
    private static final long CALL_NANOS = 5_000;

    private final SimWorld world;
    private final RandomGenerator random;
    private final SimulatedDisk disk;
    private long forceNanos = 200_000;
    private long powerGoesAtNanos = Long.MAX_VALUE;

    public TimedDisk(SimWorld world, RandomGenerator random, SimulatedDisk disk) {
        this.world = world;
        this.random = random;
        this.disk = disk;
    }

    /** A force takes half to one and a half of this. */
    public void forceNanos(long nanos) {
        forceNanos = nanos;
    }

    /** A force that would end later never does, and nothing that it was to make durable is. */
    public void powerGoesAfter(long nanos) {
        powerGoesAtNanos = world.nanos() + nanos;
    }

    /** The power is back, or did not go after all. */
    public void powerStays() {
        powerGoesAtNanos = Long.MAX_VALUE;
    }

    private void call() {
        world.elapse(CALL_NANOS);
    }

    private void force(Force force) throws IOException {
        long duration = forceNanos / 2 + random.nextLong(forceNanos);
        if (world.nanos() + duration > powerGoesAtNanos) {
            throw new ForceCutOff();
        }
        force.force();
        world.elapse(duration);
    }

    private interface Force {
        void force() throws IOException;
    }

    @Override
    public DiskFile create(String name, long length) throws IOException {
        call();
        return new TimedFile(disk.create(name, length));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        call();
        return new TimedFile(disk.open(name));
    }

    @Override
    public boolean exists(String name) {
        return disk.exists(name);
    }

    @Override
    public List<String> list(String directory) {
        return disk.list(directory);
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        call();
        disk.makeDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        call();
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        call();
        disk.delete(name);
    }

    @Override
    public void syncDirectory(String name) throws IOException {
        force(() -> disk.syncDirectory(name));
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return disk.lock(name);
    }

    @Override
    public long freeBytes() {
        return disk.freeBytes();
    }

    @Override
    public long totalBytes() {
        return disk.totalBytes();
    }

    private final class TimedFile implements DiskFile {
        private final DiskFile file;

        private TimedFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            call();
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            call();
            file.write(from, position);
        }

        @Override
        public void force() throws IOException {
            TimedDisk.this.force(file::force);
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void truncate(long length) throws IOException {
            call();
            file.truncate(length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
