package io.kvcluster.node.seams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One data directory. Names are relative, with '/' between parts. What is written is durable only after {@link DiskFile#force}
 * (contents) and {@link #syncDirectory} (that the name exists); the simulation loses the rest at a power cut.
 */
public interface Disk {
    /** Makes a new file of the given length, zero-filled and allocated. Fails if it exists. @throws DiskFullException and leaves nothing */
    DiskFile create(String name, long length) throws IOException;

    DiskFile open(String name) throws IOException;

    boolean exists(String name) throws IOException;

    /** Names in the directory, sorted; empty when it does not exist. */
    List<String> list(String directory) throws IOException;

    void makeDirectory(String name) throws IOException;

    /** Replaces {@code to} when it exists. */
    void rename(String from, String to) throws IOException;

    /** Removes a file, or a directory with all in it. No error when absent. */
    void delete(String name) throws IOException;

    void syncDirectory(String name) throws IOException;

    /** Holds the directory until closed. @throws LockedException with a sentence naming the lock's file when another has it */
    AutoCloseable lock(String name) throws IOException;

    long freeBytes() throws IOException;

    long totalBytes() throws IOException;

    /** A file; positional, so several threads may read at once. */
    interface DiskFile extends AutoCloseable {
        /** Reads until the buffer is full or the file ends. Returns the bytes read. */
        int read(ByteBuffer into, long position) throws IOException;

        /** Writes all of the buffer. */
        void write(ByteBuffer from, long position) throws IOException;

        /** Contents are durable when it returns. An exception means that nobody knows. */
        void force() throws IOException;

        long length() throws IOException;

        void truncate(long length) throws IOException;

        @Override
        void close() throws IOException;
    }
}
