package io.kvcluster.client;

import com.google.protobuf.ByteString;
import java.time.Duration;

/** One operation of a batch. */
public sealed interface BatchItem {
    ByteString key();

    record Get(ByteString key) implements BatchItem {}

    /** @param context, ttl as in {@link RequestOptions} */
    record Put(ByteString key, ByteString value, ByteString context, Duration ttl) implements BatchItem {
        public Put {
            RequestOptions.ttlMillis(ttl);
        }

        public Put(ByteString key, ByteString value) {
            this(key, value, ByteString.EMPTY, Duration.ZERO);
        }
    }

    record Delete(ByteString key, ByteString context) implements BatchItem {
        public Delete(ByteString key) {
            this(key, ByteString.EMPTY);
        }
    }
}
