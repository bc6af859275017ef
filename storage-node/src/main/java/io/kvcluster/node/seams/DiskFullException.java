package io.kvcluster.node.seams;

import java.io.IOException;

/** No space for what was to be created or extended. */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1;

    public DiskFullException(String message) {
        super(message);
    }
}
