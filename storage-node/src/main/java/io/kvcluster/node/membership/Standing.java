package io.kvcluster.node.membership;

/** How this store stands to the rings that it has heard of. */
public sealed interface Standing {
    /** No ring yet. */
    record Waiting() implements Standing {}

    /** The ring in use names this store. */
    record Member() implements Standing {}

    /** A ring exists that does not name this store: it serves nothing. {@code why} is a sentence for people. */
    record NotNamed(String why) implements Standing {}

    /** Two rings of one epoch have been seen: it serves by the one in use, and an operator must look. */
    record Forked(String why) implements Standing {}
}
