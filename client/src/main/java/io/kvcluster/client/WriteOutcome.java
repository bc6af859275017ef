package io.kvcluster.client;

import com.google.protobuf.ByteString;

/** How a put or delete ended. */
public sealed interface WriteOutcome extends Outcome {
    /**
     * Acknowledged at its level.
     *
     * @param version of the write; grows with each later write of the key at {@code quorum} or {@code all}
     * @param context covers the write: give it back with the next write that builds on it
     */
    record Applied(long version, ByteString context, ServedBy servedBy) implements WriteOutcome {}

    /**
     * Certainly not applied, and never will be.
     *
     * @param reason a name of the service's Reason, or of {@link ClientReason}
     * @param retryable the same request may succeed later
     */
    record NotApplied(String reason, String message, boolean retryable) implements WriteOutcome {}

    /** It may have been applied, or still be. Only a read tells, and only a later one. */
    record Unknown(String reason, String message) implements WriteOutcome {}
}
