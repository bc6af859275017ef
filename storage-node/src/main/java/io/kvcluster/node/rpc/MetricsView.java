package io.kvcluster.node.rpc;

/** The page behind /metrics. Any thread; may take milliseconds. */
public interface MetricsView {
    /** @param accept the client's Accept header, empty for none; decides the format */
    Page render(String accept);

    record Page(String contentType, byte[] body) {}
}
