package io.kvcluster.node.replica;

import io.kvcluster.node.version.Context;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of one key.
 *
 * @param value null deletes
 * @param context what the client had seen; empty when it gave none
 * @param floor the stamp must exceed this HLC (the version question's answer), 0 for none
 */
public record ClientWrite(byte @Nullable [] value, Context context, long floor) {}
