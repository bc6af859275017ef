package io.kvcluster.client;

import com.google.protobuf.ByteString;

/** One operation of a batch. */
public sealed interface BatchItem {
    ByteString key();

    record Get(ByteString key) implements BatchItem {}

    /** @param context as in {@link RequestOptions} */
    record Put(ByteString key, ByteString value, ByteString context) implements BatchItem {
        public Put(ByteString key, ByteString value) {
            this(key, value, ByteString.EMPTY);
        }
    }

    record Delete(ByteString key, ByteString context) implements BatchItem {
        public Delete(ByteString key) {
            this(key, ByteString.EMPTY);
        }
    }
}
