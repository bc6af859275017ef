package io.kvcluster.node.version;

/** Bytes that are no record, metadata or context. The message says what is wrong and at which byte. */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedRecordException(String message) {
        super(message);
    }
}
