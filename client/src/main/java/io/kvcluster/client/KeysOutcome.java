package io.kvcluster.client;

import com.google.protobuf.ByteString;
import java.util.List;

/** What came of asking one member for a page of the keys of its own replica. */
public sealed interface KeysOutcome {
    /**
     * @param keys in byte order; also those whose value is deleted or expired
     * @param last no key follows
     */
    record Page(List<ByteString> keys, boolean last) implements KeysOutcome {
        public Page {
            keys = List.copyOf(keys);
        }
    }

    record Failed(String reason, String message) implements KeysOutcome {}
}
