package io.kvcluster.node.seams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk that keeps what was forced and may lose the rest: at a power cut each 4 KiB page written since the last force survives or
 * not, in any combination (pages also reach the platter at any earlier moment), and so does each directory operation since the
 * directory was synced. Deterministic for a seeded random. Single-threaded.
 */
public final class SimulatedDisk implements Disk {
    private static final int PAGE = 4096;

    private final RandomGenerator random;
    private final TreeMap<String, Inode> names = new TreeMap<>();
    private final TreeMap<String, Inode> durableNames = new TreeMap<>();
    private final List<Change> unsynced = new ArrayList<>();
    private long capacity = Long.MAX_VALUE / 4;
    private long operations;
    private long cutAt = Long.MAX_VALUE;
    private long cutAtTornWrite = Long.MAX_VALUE;
    private boolean locked;
    private String failingReads = "";
    private int readsToFail;
    private Optional<String> ignoredForces = Optional.empty();
    private Optional<String> failingForce = Optional.empty();

    public SimulatedDisk(RandomGenerator random) {
        this.random = random;
    }

    private static final class Inode {
        private byte[] bytes = new byte[0];
        private byte[] durable = new byte[0];
        private final BitSet dirty = new BitSet();
        private final boolean directory;

        private Inode(boolean directory) {
            this.directory = directory;
        }

        private void write(ByteBuffer from, int at) {
            int length = from.remaining();
            if (at + length > bytes.length) {
                bytes = Arrays.copyOf(bytes, at + length);
            }
            from.get(bytes, at, length);
            if (length > 0) {
                dirty.set(at / PAGE, (at + length - 1) / PAGE + 1);
            }
        }

        private void toPlatter(int page) {
            int from = page * PAGE;
            int to = Math.min(bytes.length, from + PAGE);
            if (to > durable.length) {
                durable = Arrays.copyOf(durable, to);
            }
            if (to > from) {
                System.arraycopy(bytes, from, durable, from, to - from);
            }
            dirty.clear(page);
        }

        private void force() {
            durable = bytes.clone();
            dirty.clear();
        }

        private Inode afterPowerCut(RandomGenerator random, int mode) {
            Inode survivor = new Inode(directory);
            for (int page : dirty.stream().toArray()) {
                if (survives(random, mode)) {
                    toPlatter(page);
                }
            }
            boolean newLength = durable.length != bytes.length && survives(random, mode);
            survivor.bytes = newLength ? Arrays.copyOf(durable, bytes.length) : durable.clone();
            survivor.durable = survivor.bytes.clone();
            return survivor;
        }
    }

    private static boolean survives(RandomGenerator random, int mode) {
        return switch (mode) {
            case 0 -> false;
            case 1 -> true;
            default -> random.nextBoolean();
        };
    }

    /** A directory operation. {@code from} is empty for a creation, {@code to} for a removal. */
    private record Change(String from, String to, Inode inode) {
        private void apply(TreeMap<String, Inode> names) {
            if (to.isEmpty()) {
                names.remove(from);
                names.keySet().removeIf(name -> name.startsWith(from + "/"));
                return;
            }
            if (!from.isEmpty()) {
                names.remove(from);
                for (String child : List.copyOf(names.keySet())) {
                    if (child.startsWith(from + "/")) {
                        names.put(to + child.substring(from.length()), names.remove(child));
                    }
                }
            }
            names.put(to, inode);
        }

        private String directory() {
            return parent(to.isEmpty() ? from : to);
        }
    }

    private static String parent(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    // --- what a test does to it ---

    /** The power goes at this many I/O calls from now on, before the call has any effect. */
    public void cutAfter(long calls) {
        cutAt = operations + calls;
    }

    /** The power goes when the n-th force of several pages of a file that was forced before would begin: a torn write. */
    public void cutAtTornWrite(long forces) {
        cutAtTornWrite = forces;
    }

    /** I/O calls so far. */
    public long operations() {
        return operations;
    }

    /** The fsync removed: files whose names start so are forced when they are made and never again. */
    public void ignoreForceOf(String prefix) {
        ignoredForces = Optional.of(prefix);
    }

    /** The next force of a file whose name contains this fails, and nobody knows what it wrote. */
    public void failForce(String namePart) {
        failingForce = Optional.of(namePart);
    }

    /** What {@link #failForce} announced and has not happened does not. */
    public void forcesWell() {
        failingForce = Optional.empty();
    }

    /** So many reads of files whose names start so fail from now on. */
    public void failReads(String prefix, int reads) {
        failingReads = prefix;
        readsToFail = reads;
    }

    public void capacity(long bytes) {
        capacity = bytes;
    }

    /** Flips one bit, also of what is durable. */
    public void flip(String name, long offset, int bit) {
        Inode inode = names.get(name);
        inode.bytes[(int) offset] ^= (byte) (1 << bit);
        if (offset < inode.durable.length) {
            inode.durable[(int) offset] ^= (byte) (1 << bit);
        }
    }

    public byte[] content(String name) {
        return names.get(name).bytes.clone();
    }

    /** Replaces contents, durably. */
    public void overwrite(String name, byte[] bytes) {
        Inode inode = names.computeIfAbsent(name, absent -> new Inode(false));
        durableNames.put(name, inode);
        inode.bytes = bytes.clone();
        inode.force();
    }

    /** What a machine finds that starts again. */
    public SimulatedDisk afterPowerCut() {
        for (Change change : unsynced) {
            if (survives(random, random.nextInt(4))) {
                change.apply(durableNames);
            }
        }
        durableNames.keySet().removeIf(name -> !parent(name).isEmpty() && !durableNames.containsKey(parent(name)));
        SimulatedDisk next = new SimulatedDisk(random);
        for (Map.Entry<String, Inode> each : durableNames.entrySet()) {
            Inode inode = each.getValue().afterPowerCut(random, random.nextInt(4));
            next.names.put(each.getKey(), inode);
            next.durableNames.put(each.getKey(), inode);
        }
        next.ignoredForces = ignoredForces;
        next.capacity = capacity;
        return next;
    }

    /** What a process finds that starts again on the same machine: everything that was written. */
    public void processEnded() {
        locked = false;
        cutAt = Long.MAX_VALUE;
        cutAtTornWrite = Long.MAX_VALUE;
    }

    // --- the disk ---

    private void operation() {
        operations++;
        if (operations > cutAt) {
            throw new PowerCut();
        }
        if (random.nextInt(8) == 0) {
            writeBack();
        }
    }

    /** The kernel writes a page when it likes. */
    private void writeBack() {
        List<Inode> all =
                names.values().stream().filter(inode -> !inode.dirty.isEmpty()).toList();
        if (!all.isEmpty()) {
            Inode inode = all.get(random.nextInt(all.size()));
            int page = inode.dirty.nextSetBit(random.nextInt(inode.dirty.length()));
            if (page >= 0) {
                inode.toPlatter(page);
            }
        }
    }

    private void change(String from, String to, Inode inode) {
        Change change = new Change(from, to, inode);
        change.apply(names);
        unsynced.add(change);
    }

    private Inode find(String name) throws NoSuchFileException {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return inode;
    }

    @Override
    public DiskFile create(String name, long length) throws IOException {
        operation();
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        if (!parent(name).isEmpty()) {
            find(parent(name));
        }
        if (length > freeBytes()) {
            throw new DiskFullException(name + ": no space for " + length + " bytes");
        }
        Inode inode = new Inode(false);
        change("", name, inode);
        inode.write(ByteBuffer.allocate((int) length), 0);
        return new OpenFile(name, inode);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new OpenFile(name, find(name));
    }

    @Override
    public boolean exists(String name) {
        return names.containsKey(name);
    }

    @Override
    public List<String> list(String directory) {
        return names.keySet().stream()
                .filter(name -> parent(name).equals(directory) && !name.isEmpty())
                .map(name -> name.substring(directory.isEmpty() ? 0 : directory.length() + 1))
                .sorted()
                .toList();
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        operation();
        if (!names.containsKey(name)) {
            if (!parent(name).isEmpty()) {
                makeDirectory(parent(name));
            }
            change("", name, new Inode(true));
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        operation();
        change(from, to, find(from));
    }

    @Override
    public void delete(String name) throws IOException {
        operation();
        if (names.containsKey(name)) {
            change(name, "", find(name));
        }
    }

    @Override
    public void syncDirectory(String name) throws IOException {
        operation();
        if (!name.isEmpty()) {
            find(name);
        }
        for (Change change : List.copyOf(unsynced)) {
            if (change.directory().equals(name)) {
                change.apply(durableNames);
                unsynced.remove(change);
            }
        }
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        if (locked) {
            throw new LockedException("data directory is in use: another process holds " + name + "; stop it first");
        }
        locked = true;
        return () -> locked = false;
    }

    @Override
    public long freeBytes() {
        return capacity
                - names.values().stream().mapToLong(inode -> inode.bytes.length).sum();
    }

    @Override
    public long totalBytes() {
        return capacity;
    }

    private final class OpenFile implements DiskFile {
        private final String name;
        private final Inode inode;

        private OpenFile(String name, Inode inode) {
            this.name = name;
            this.inode = inode;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            if (readsToFail > 0 && name.startsWith(failingReads)) {
                readsToFail--;
                throw new IOException(name + ": Input/output error");
            }
            int length = (int) Math.max(0, Math.min(into.remaining(), inode.bytes.length - position));
            if (length > 0) {
                into.put(inode.bytes, (int) position, length);
            }
            return length;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            operation();
            if (position + from.remaining() - inode.bytes.length > freeBytes()) {
                throw new DiskFullException(name + ": no space");
            }
            inode.write(from, (int) position);
        }

        @Override
        public void force() throws IOException {
            if (inode.durable.length > 0 && inode.dirty.cardinality() > 1 && --cutAtTornWrite <= 0) {
                cutAfter(0);
            }
            operation();
            if (failingForce.isPresent() && isCalled(failingForce.get())) {
                failingForce = Optional.empty();
                throw new IOException(name + ": Input/output error");
            }
            boolean ignored = ignoredForces.isPresent() && name.startsWith(ignoredForces.get());
            if (!ignored || inode.durable.length == 0) {
                inode.force();
            }
        }

        /** By the name that it was opened with, or by the one that it has now. */
        private boolean isCalled(String namePart) {
            return name.contains(namePart)
                    || names.entrySet().stream()
                            .anyMatch(each ->
                                    each.getValue() == inode && each.getKey().contains(namePart));
        }

        @Override
        public long length() {
            return inode.bytes.length;
        }

        @Override
        public void truncate(long length) {
            operation();
            inode.bytes = Arrays.copyOf(inode.bytes, (int) Math.min(length, inode.bytes.length));
            int pages = (inode.bytes.length + PAGE - 1) / PAGE;
            inode.dirty.clear(pages, Math.max(pages, inode.dirty.length()));
        }

        @Override
        public void close() {}
    }
}
