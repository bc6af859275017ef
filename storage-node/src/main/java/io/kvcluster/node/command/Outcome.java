package io.kvcluster.node.command;

import java.util.List;

/** How a command ended. A timeout after anything was sent is {@link Unknown}, never "failed". */
public sealed interface Outcome {
    /**
     * A write was acknowledged at its level.
     *
     * @param version HLC of the dot
     * @param contextToken opaque causal context that covers the write
     */
    record Applied(long version, byte[] contextToken, Service service) implements Outcome {}

    /**
     * A read was answered.
     *
     * @param siblings live values, greatest dot first; empty means not found
     * @param contextToken opaque causal context of what was read, also when nothing was found but deletes are known
     */
    record Read(List<Version> siblings, byte[] contextToken, Service service) implements Outcome {
        public Read {
            siblings = List.copyOf(siblings);
        }
    }

    /** Nothing of it was, or ever will be, applied. {@code message} is a sentence for people; {@code retryable}: the same request may succeed later. */
    record NotApplied(Reason reason, boolean retryable, String message) implements Outcome {}

    /** A write may or may not have been applied, now or later. Reads end so too when nobody answered in time. */
    record Unknown(Reason reason, String message) implements Outcome {}

    /** One value of a key. A tombstone among siblings is listed as deleted, with no bytes. */
    record Version(long version, byte[] value, boolean deleted) {}

    /** Who served it: coordinator's node name, the level used, replicas that answered or acknowledged, epoch of the coordinator's ring. */
    record Service(String node, ConsistencyLevel level, int replicas, long ringEpoch) {}
}
