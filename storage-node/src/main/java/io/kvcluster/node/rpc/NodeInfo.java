package io.kvcluster.node.rpc;

/** Who answers: fixed at start. */
public record NodeInfo(String cluster, String name, String version) {}
