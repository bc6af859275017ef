package io.kvcluster.client.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file, or standard input, that tells how far it has been read. Read by one thread, asked by any. */
final class Input extends FilterInputStream {
    private final long size;
    private volatile long position;

    private Input(InputStream in, long size) {
        super(in);
        this.size = size;
    }

    static Input open(String file) throws IOException {
        if (file.equals("-")) {
            return new Input(System.in, -1);
        }
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new IOException(file + " is a directory; a file with records is expected");
        }
        return new Input(Files.newInputStream(path), Files.size(path));
    }

    /** 0..1, or negative when the size is not known. */
    double fraction() {
        return size <= 0 ? -1 : (double) position / size;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        advance(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        advance(Math.max(0, read));
        return read;
    }

    private void advance(long bytes) {
        position = position + bytes;
    }
}
