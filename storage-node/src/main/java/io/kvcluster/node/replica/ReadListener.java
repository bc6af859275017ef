package io.kvcluster.node.replica;

/** Hears one of the two, once, on the partition's loop. */
public interface ReadListener {
    void held(Held held);

    void refused(Refusal why);
}
