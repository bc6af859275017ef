package io.kvcluster.node.telemetry;

/** Label {@code operation}. */
public enum Operation {
    GET,
    PUT,
    DELETE
}
