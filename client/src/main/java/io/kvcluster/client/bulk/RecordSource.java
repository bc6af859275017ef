package io.kvcluster.client.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Records in the order of the input, read as they are asked for. One thread. */
public interface RecordSource extends Closeable {
    /** @throws IOException when the input cannot be read, or naming the line that breaks its format */
    Optional<Entry> next() throws IOException;
}
