package io.kvcluster.client.bulk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Lines as bytes, without their line feed; a record's bytes must not depend on a character set. One thread. */
final class Lines implements Closeable {
    /** Longer lines are no input that the store could take: a value is at most 1 MiB, in base64 a third more. */
    private static final int LONGEST = 4 << 20;

    private final InputStream in;
    private long number;

    Lines(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /** Of the line read last, from 1. */
    long number() {
        return number;
    }

    Optional<byte[]> next() throws IOException {
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() == LONGEST) {
                throw new IOException("line " + number + " is longer than " + LONGEST + " bytes");
            }
            line.write(read);
        }
        return Optional.of(line.toByteArray());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
