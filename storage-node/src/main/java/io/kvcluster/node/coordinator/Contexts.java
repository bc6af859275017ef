package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.KeyRecord;
import org.jspecify.annotations.Nullable;

/** Records to what clients see of them, and causal contexts to opaque tokens and back. */
interface Contexts {
    /** The token of a record: covers every version in it. */
    byte[] token(Key key, KeyRecord record);

    /** @param nowMillis of an HLC: what has expired by then counts as deleted */
    Outcome read(Key key, @Nullable KeyRecord record, long nowMillis, Outcome.Service service);

    sealed interface Given {
        /** @param unvouched the part of it that names stores which the ring does not */
        record Valid(Context context, Context unvouched) implements Given {}

        record Invalid(String why) implements Given {}
    }

    /** What a client gave; an empty token is an empty context. */
    Given given(Key key, byte[] token);
}
