package io.kvcluster.node.replica;

/** Hears once what became of a record whose bytes went bad. On the partition's loop. */
public interface RestoreListener {
    /** All that it said is durably held again. */
    void restored();

    /** What no other replica has of it is given up, durably; the rest is held again. */
    void lost();

    /** It is as bad as before. */
    void refused(Refusal why);
}
