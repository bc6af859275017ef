package io.kvcluster.client;

import com.google.protobuf.ByteString;
import java.util.List;

/** How a read ended. */
public sealed interface GetOutcome extends Outcome {
    /**
     * @param value with siblings that of the newest
     * @param context give it back with the write that builds on this read
     * @param siblings all concurrent values, newest first; empty when there is only one
     */
    record Found(ByteString value, long version, ByteString context, List<Sibling> siblings, ServedBy servedBy)
            implements GetOutcome {
        public Found {
            siblings = List.copyOf(siblings);
        }
    }

    /**
     * There is no value: never written, or deleted.
     *
     * @param context as in {@link Found}; empty for a key that was never written
     */
    record NotFound(ByteString context) implements GetOutcome {}

    /**
     * No answer within the time.
     *
     * @param reason a name of the service's Reason, or of {@link ClientReason}
     * @param retryable the same request may succeed later
     */
    record Failed(String reason, String message, boolean retryable) implements GetOutcome {}

    /** One of several concurrent values. */
    record Sibling(ByteString value, long version, boolean deleted) {}
}
