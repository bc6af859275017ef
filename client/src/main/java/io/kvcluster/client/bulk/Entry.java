package io.kvcluster.client.bulk;

import com.google.protobuf.ByteString;

/** One key and its value, as in the input. */
public record Entry(ByteString key, ByteString value) {}
