package io.kvcluster.local;

/** The local cluster cannot do what was asked; the message is for the person who asked, and says what to do. */
public final class LocalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LocalException(String message) {
        super(message);
    }

    public LocalException(String message, Throwable cause) {
        super(message, cause);
    }
}
