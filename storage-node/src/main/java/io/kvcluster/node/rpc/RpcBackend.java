package io.kvcluster.node.rpc;

import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.KeyLister;

/** What the rest of the node gives to this room. */
public record RpcBackend(
        NodeInfo info,
        CommandHandler handler,
        KeyLister keys,
        ClusterView cluster,
        RepairAccess repairs,
        HealthView health,
        MetricsView metrics) {}
