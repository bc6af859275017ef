package io.kvcluster.local.api.http;

/** Learns of each request before it is answered. Called on the request's thread; must not block. */
@FunctionalInterface
public interface Audit {
    Audit NONE = (_, _, _) -> {};

    /** @param watch it asks for changes, and its answer goes on until it is ended */
    void asked(String method, String path, boolean watch);
}
