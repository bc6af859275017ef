package io.kvcluster.node.seams;

import java.io.IOException;

/** Another process, or another part of this one, holds the directory. */
public final class LockedException extends IOException {
    private static final long serialVersionUID = 1;

    public LockedException(String message) {
        super(message);
    }
}
