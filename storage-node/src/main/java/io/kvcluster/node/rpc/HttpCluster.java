package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Key;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.MovingTo;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.RingJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** /mapping, /nodes, /ring: what this node knows, from its published snapshots. */
final class HttpCluster {
    private final NodeInfo info;
    private final ClusterView cluster;

    HttpCluster(NodeInfo info, ClusterView cluster) {
        this.info = info;
        this.cluster = cluster;
    }

    HttpAnswer mapping(HttpCall call) {
        HttpQuery.Parameters query = call.query().read(List.of(HttpParameters.KEY, HttpParameters.KEY_ENCODING));
        call.body().refuseAny("GET");
        Key key = HttpParameters.keyInUrl(query.raw(HttpParameters.KEY).orElse(""), true, query);
        Optional<GetMappingResponse> mapping = cluster.mapping(key);
        if (mapping.isEmpty()) {
            return HttpProblems.answer(Problem.noRing());
        }
        ObjectNode json = HttpJson.newObject();
        HttpResults.key(key, json);
        json.put("partition", mapping.get().getPartition());
        json.put("ringEpoch", mapping.get().getRingEpoch());
        List<NodeView> replicas = mapping.get().getReplicasList();
        if (!replicas.isEmpty()) {
            node(replicas.getFirst(), json.putObject("primary"));
        }
        ArrayNode all = json.putArray("replicas");
        replicas.forEach(replica -> node(replica, all.addObject()));
        if (mapping.get().hasMove()) {
            move(mapping.get().getMove(), json.putObject("move"));
        }
        return HttpAnswer.json(200, HttpJson.write(json));
    }

    HttpAnswer nodes(HttpCall call) {
        call.query().read(List.of());
        call.body().refuseAny("GET");
        ObjectNode json = HttpJson.newObject();
        json.put("asked", info.name());
        json.put("ringEpoch", cluster.ring().map(RingTable::getEpoch).orElse(0L));
        ArrayNode nodes = json.putArray("nodes");
        cluster.nodes().forEach(node -> node(node, nodes.addObject()));
        return HttpAnswer.json(200, HttpJson.write(json));
    }

    /** The canonical text: the one whose hash the ring carries. */
    HttpAnswer ring(HttpCall call) {
        call.query().read(List.of());
        call.body().refuseAny("GET");
        return cluster.ring()
                .map(ring -> HttpAnswer.json(200, RingJson.write(ring).getBytes(StandardCharsets.UTF_8)))
                .orElseGet(() -> HttpProblems.answer(Problem.noRing()));
    }

    private static void move(MovingTo move, ObjectNode json) {
        json.put("phase", move.getPhase());
        json.put("copyEpoch", move.getCopyEpoch());
        ArrayNode replicas = json.putArray("replicas");
        move.getReplicasList().forEach(replica -> node(replica, replicas.addObject()));
    }

    private static void node(NodeView node, ObjectNode json) {
        json.put("name", node.getName());
        json.put("storeId", node.getStoreId());
        json.put("zone", node.getZone());
        json.put("address", node.getAddress());
        json.put("state", node.getState());
        json.put("status", node.getUp() ? "UP" : "DOWN");
        instant("since", node.getSinceEpochMillis(), json);
        instant("lastHeartbeat", node.getLastHeartbeatEpochMillis(), json);
        json.put("partitions", node.getPartitions());
        json.put("primaryPartitions", node.getPrimaryPartitions());
        json.put("ringEpoch", node.getRingEpoch());
    }

    /** Absent when it never was. */
    private static void instant(String name, long epochMillis, ObjectNode json) {
        if (epochMillis > 0) {
            json.put(name, Instant.ofEpochMilli(epochMillis).toString());
        }
    }
}
