package io.kvcluster.node.storage;

/** Why a data directory cannot be served. The message is a sentence for the person who has to act. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1;

    /** What the caller shall do with it. */
    public enum Kind {
        /** Another process holds the directory. */
        LOCKED,
        /** A newer version of the software wrote it. */
        NEWER_FORMAT,
        /** A small file that cannot be rebuilt is missing or wrong, or settings do not fit the data. */
        DAMAGED,
        /** The disk failed three times within an hour; an operator must replace the store. */
        FAILED,
        /** The disk answered with an error, or is full. */
        IO
    }

    private final Kind kind;

    StoreException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static StoreException newerFormat(String name, int found, int known) {
        return new StoreException(
                Kind.NEWER_FORMAT,
                name + " has format version " + found + ", this software reads versions up to " + known
                        + ": run a version at least as new as the one that wrote it");
    }
}
