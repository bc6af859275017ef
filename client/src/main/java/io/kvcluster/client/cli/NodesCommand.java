package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.proto.kv.GetNodesResponse;
import io.kvcluster.proto.kv.NodeView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "nodes", mixinStandardHelpOptions = true, description = "Lists the members as one node sees them.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NodesCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        try (KvClient client = connection.open()) {
            GetNodesResponse nodes = ClusterLook.nodes(client, connection);
            ArrayNode json = Output.JSON.createArrayNode();
            nodes.getNodesList().forEach(node -> json.add(ClusterLook.json(node)));
            output.result(json, table(nodes)::print);
            if (nodes.getNodesCount() == 0) {
                output.hint("No members yet: the cluster has no ring. See: kubectl get kvclusters");
            } else {
                output.hint("As " + nodes.getAsked() + " sees it.");
            }
            return ExitCode.DONE;
        }
    }

    private static Table table(GetNodesResponse nodes) {
        Table table = new Table(
                "NAME",
                "ZONE",
                "ADDRESS",
                "STATE",
                "LIVE",
                "SINCE",
                "HEARTBEAT",
                "+PARTITIONS",
                "+PRIMARY",
                "+EPOCH",
                "STORE");
        for (NodeView node : nodes.getNodesList()) {
            table.row(
                    node.getName(),
                    node.getZone().isEmpty() ? "-" : node.getZone(),
                    node.getAddress(),
                    node.getState(),
                    node.getUp() ? "UP" : "DOWN",
                    ClusterLook.ago(node.getSinceEpochMillis()),
                    ClusterLook.ago(node.getLastHeartbeatEpochMillis()),
                    node.getPartitions(),
                    node.getPrimaryPartitions(),
                    node.getRingEpoch(),
                    node.getStoreId());
        }
        return table;
    }
}
