package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import java.util.Map;

/** /health…, /metrics and /: about this node itself. */
final class HttpNode {
    private final RpcBackend backend;

    HttpNode(RpcBackend backend) {
        this.backend = backend;
    }

    /** 200 from the moment the process serves HTTP, unless the node has failed for good: a restart is the remedy then. */
    HttpAnswer live(HttpCall call) {
        return health(call, backend.health().now().phase() != NodeStatus.Phase.FAILED);
    }

    HttpAnswer ready(HttpCall call) {
        return health(call, backend.health().now().ready());
    }

    private HttpAnswer health(HttpCall call, boolean good) {
        call.query().read(List.of());
        call.body().refuseAny("GET");
        HealthView.Health health = backend.health().now();
        ObjectNode json = HttpJson.newObject();
        json.put("status", good ? "UP" : "DOWN");
        json.put("phase", health.phase().name());
        json.put("ready", health.ready());
        if (!health.message().isEmpty()) {
            json.put("message", health.message());
        }
        json.put("node", backend.info().name());
        json.put("ringEpoch", backend.cluster().ring().map(RingTable::getEpoch).orElse(0L));
        return HttpAnswer.json(good ? 200 : 503, HttpJson.write(json));
    }

    HttpAnswer metrics(HttpCall call) {
        call.query().read(List.of());
        call.body().refuseAny("GET");
        MetricsView.Page page = backend.metrics().render(call.header("Accept").orElse(""));
        return new HttpAnswer(200, page.contentType(), page.body(), Map.of(), false);
    }

    HttpAnswer index(HttpCall call, HttpRoutes routes) {
        call.query().read(List.of());
        call.body().refuseAny("GET");
        ObjectNode json = HttpJson.newObject();
        json.put("service", "kvcluster storage node");
        json.put("version", backend.info().version());
        json.put("cluster", backend.info().cluster());
        json.put("node", backend.info().name());
        json.put("phase", backend.health().now().phase().name());
        routes.list(json.putArray("endpoints"));
        return HttpAnswer.json(200, HttpJson.write(json));
    }
}
