package io.kvcluster.node.storage;

/**
 * Where a record lies in the log. {@code offset} and {@code length} in bytes, of the whole log record with its header; the
 * place holds the same record for ever, so a location may be used as a cache key.
 */
public record Location(int segment, int offset, int length) {}
