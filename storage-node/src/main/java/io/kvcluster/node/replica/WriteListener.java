package io.kvcluster.node.replica;

/** Hears one of the two, once, on the partition's loop. */
public interface WriteListener {
    /** The store durably holds the record, or one that covers it, under the epoch it was sent with. */
    void durable();

    void refused(Refusal why);
}
