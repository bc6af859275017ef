package io.kvcluster.node.rpc;

import io.kvcluster.node.command.CommandHandler;

/** What the rest of the node gives to this room. */
public record RpcBackend(
        NodeInfo info, CommandHandler handler, ClusterView cluster, HealthView health, MetricsView metrics) {}
