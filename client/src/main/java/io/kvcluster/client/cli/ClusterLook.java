package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.proto.kv.GetNodesResponse;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.ring.Ring;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** How the commands that show the cluster get what they show. */
final class ClusterLook {
    private ClusterLook() {}

    /** @throws Errors.CommandFailure when no node answers, or there is no ring yet */
    static ClusterPicture of(KvClient client, Connection connection) {
        GetNodesResponse nodes = nodes(client, connection);
        Optional<Ring> ring = client.ring();
        if (ring.isEmpty() && nodes.getRingEpoch() > 0) {
            boolean _ = client.awaitConnected(connection.timeout());
            ring = client.ring();
        }
        return new ClusterPicture(
                ring.orElseThrow(() -> new Errors.CommandFailure(
                        ExitCode.FAILED,
                        "the cluster has no ring yet: the operator makes it when all members have reported. "
                                + "See: kubectl get kvclusters")),
                nodes.getNodesList(),
                nodes.getAsked());
    }

    static GetNodesResponse nodes(KvClient client, Connection connection) {
        return switch (client.nodes(connection.timeout())) {
            case KvClient.Answer.Got(GetNodesResponse response) -> response;
            case KvClient.Answer.Failed(String reason, String message) ->
                throw new Errors.CommandFailure(ExitCode.FAILED, unreachable(connection, message, reason));
        };
    }

    /** The same question to each node that is up, at once. @param question by store id @return answers by the nodes' names */
    static <R> Map<String, KvClient.Answer<R>> askAllUp(
            List<NodeView> nodes, Function<String, CompletableFuture<KvClient.Answer<R>>> question) {
        Map<String, CompletableFuture<KvClient.Answer<R>>> asked = new LinkedHashMap<>();
        nodes.stream()
                .filter(NodeView::getUp)
                .forEach(node -> asked.put(node.getName(), question.apply(node.getStoreId())));
        Map<String, KvClient.Answer<R>> answers = new LinkedHashMap<>();
        asked.forEach((name, answer) -> answers.put(name, answer.join()));
        return answers;
    }

    static String unreachable(Connection connection, String message, String reason) {
        return "no answer from " + connection.serversText() + ": " + message + " [" + reason + "]"
                + "\nIs the cluster running? Name another server with --server or $KV_SERVER.";
    }

    static ObjectNode json(NodeView node) {
        ObjectNode json = Output.object();
        json.put("name", node.getName()).put("storeId", node.getStoreId()).put("zone", node.getZone());
        json.put("address", node.getAddress()).put("state", node.getState()).put("up", node.getUp());
        json.put("sinceEpochMillis", node.getSinceEpochMillis());
        json.put("lastHeartbeatEpochMillis", node.getLastHeartbeatEpochMillis());
        json.put("partitions", node.getPartitions()).put("primaryPartitions", node.getPrimaryPartitions());
        return json.put("ringEpoch", node.getRingEpoch());
    }

    static String ago(long epochMillis) {
        return epochMillis == 0
                ? "-"
                : Units.duration(Duration.between(Instant.ofEpochMilli(epochMillis), Instant.now()));
    }

    static String upOrDown(Output output, boolean up) {
        return output.ansi().string(up ? "@|green UP|@" : "@|red,bold DOWN|@");
    }
}
