package io.kvcluster.local.api.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The columns of each kind: those of the real API server for built-in kinds, the printer columns of custom kinds. */
final class Columns {
    private Columns() {}

    static List<Column> of(ResourceKind kind) {
        if (kind.custom()) {
            return custom(kind);
        }
        return switch (kind.resource()) {
            case "pods" -> PodColumns.all();
            case "namespaces" -> List.of(Column.named(), text("Status", "status", "phase"), Column.aged());
            case "nodes" -> nodes();
            case "services" -> services();
            case "endpoints" -> List.of(Column.named(), Column.text("Endpoints", Columns::endpoints), Column.aged());
            case "endpointslices.discovery.k8s.io" -> slices();
            case "configmaps" -> List.of(Column.named(), Column.text("Data", Columns::entries), Column.aged());
            case "secrets" ->
                List.of(Column.named(), text("Type", "type"), Column.text("Data", Columns::entries), Column.aged());
            case "serviceaccounts" ->
                List.of(
                        Column.named(),
                        Column.text("Secrets", o -> o.path("secrets").size()),
                        Column.aged());
            case "persistentvolumeclaims" -> claims();
            case "persistentvolumes" -> volumes();
            case "events" -> events();
            case "statefulsets.apps" -> statefulSets();
            case "poddisruptionbudgets.policy" -> budgets();
            case "leases.coordination.k8s.io" ->
                List.of(Column.named(), text("Holder", "spec", "holderIdentity"), Column.aged());
            case "networkpolicies.networking.k8s.io" ->
                List.of(
                        Column.named(),
                        Column.text("Pod-Selector", o -> selector(Json.at(o, "spec", "podSelector", "matchLabels"))),
                        Column.aged());
            case "customresourcedefinitions.apiextensions.k8s.io" ->
                List.of(Column.named(), Column.text("Created At", o -> Json.text(o, "metadata", "creationTimestamp")));
            default -> List.of(Column.named(), Column.aged());
        };
    }

    private static List<Column> custom(ResourceKind kind) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.named());
        if (kind.columns().isEmpty()) {
            columns.add(Column.aged());
        }
        for (ResourceKind.PrinterColumn column : kind.columns()) {
            columns.add(new Column(
                    column.name(),
                    column.type(),
                    column.format(),
                    column.description(),
                    column.priority(),
                    (object, now) -> printed(object, column, now)));
        }
        return columns;
    }

    private static Object printed(JsonNode object, ResourceKind.PrinterColumn column, Instant now) {
        List<JsonNode> found = JsonPath.find(object, column.jsonPath());
        if (found.isEmpty()) {
            return "";
        }
        JsonNode value = found.getFirst();
        return switch (column.type()) {
            case "integer" -> value.isNumber() ? value.longValue() : "";
            case "number" -> value.isNumber() ? value.doubleValue() : "";
            case "boolean" -> value.isBoolean() ? value.booleanValue() : "";
            case "date" -> Age.since(value.asText(), now);
            default ->
                found.stream()
                        .map(v -> v.isValueNode() ? v.asText() : v.toString())
                        .collect(Collectors.joining(","));
        };
    }

    private static Column text(String name, String... path) {
        return Column.text(name, object -> Json.text(object, path));
    }

    private static Column wide(String name, String... path) {
        return Column.wide(name, object -> PodColumns.orNone(Json.text(object, path)));
    }

    private static List<Column> nodes() {
        return List.of(
                Column.named(),
                Column.text("Status", node -> {
                    for (JsonNode condition : Json.at(node, "status", "conditions")) {
                        if (Json.text(condition, "type").equals("Ready")) {
                            return Json.text(condition, "status").equals("True") ? "Ready" : "NotReady";
                        }
                    }
                    return "Unknown";
                }),
                Column.text("Roles", node -> "<none>"),
                Column.aged(),
                text("Version", "status", "nodeInfo", "kubeletVersion"),
                Column.wide(
                        "Internal-IP",
                        node -> Json.text(Json.at(node, "status", "addresses").path(0), "address")),
                Column.wide("External-IP", node -> "<none>"),
                wide("OS-Image", "status", "nodeInfo", "osImage"),
                wide("Kernel-Version", "status", "nodeInfo", "kernelVersion"),
                wide("Container-Runtime", "status", "nodeInfo", "containerRuntimeVersion"));
    }

    private static List<Column> services() {
        return List.of(
                Column.named(),
                text("Type", "spec", "type"),
                Column.text("Cluster-IP", o -> PodColumns.orNone(Json.text(o, "spec", "clusterIP"))),
                Column.text("External-IP", o -> "<none>"),
                Column.text(
                        "Port(s)",
                        o -> PodColumns.orNone(join(
                                Json.at(o, "spec", "ports"),
                                port -> Json.text(port, "port") + "/" + Json.text(port, "protocol")))),
                Column.aged(),
                Column.wide("Selector", o -> selector(Json.at(o, "spec", "selector"))));
    }

    private static Object endpoints(JsonNode object) {
        List<String> all = new ArrayList<>();
        for (JsonNode subset : object.path("subsets")) {
            for (JsonNode address : subset.path("addresses")) {
                for (JsonNode port : subset.path("ports")) {
                    all.add(Json.text(address, "ip") + ":" + Json.text(port, "port"));
                }
            }
        }
        String first = String.join(",", all.subList(0, Math.min(3, all.size())));
        return all.isEmpty() ? "<none>" : all.size() > 3 ? first + " + " + (all.size() - 3) + " more..." : first;
    }

    private static List<Column> slices() {
        return List.of(
                Column.named(),
                text("AddressType", "addressType"),
                Column.text("Ports", o -> PodColumns.orNone(join(o.path("ports"), p -> Json.text(p, "port")))),
                Column.text(
                        "Endpoints",
                        o -> PodColumns.orNone(join(
                                o.path("endpoints"),
                                e -> e.path("addresses").path(0).asText()))),
                Column.aged());
    }

    private static Object entries(JsonNode object) {
        return object.path("data").size() + object.path("binaryData").size();
    }

    private static List<Column> claims() {
        return List.of(
                Column.named(),
                text("Status", "status", "phase"),
                text("Volume", "spec", "volumeName"),
                text("Capacity", "status", "capacity", "storage"),
                Column.text("Access Modes", Columns::modes),
                text("StorageClass", "spec", "storageClassName"),
                Column.text("VolumeAttributesClass", o -> "<unset>"),
                Column.aged(),
                wide("VolumeMode", "spec", "volumeMode"));
    }

    private static List<Column> volumes() {
        return List.of(
                Column.named(),
                text("Capacity", "spec", "capacity", "storage"),
                Column.text("Access Modes", Columns::modes),
                text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"),
                text("Status", "status", "phase"),
                Column.text(
                        "Claim",
                        o -> Json.text(o, "spec", "claimRef", "name").isEmpty()
                                ? ""
                                : Json.text(o, "spec", "claimRef", "namespace") + "/"
                                        + Json.text(o, "spec", "claimRef", "name")),
                text("StorageClass", "spec", "storageClassName"),
                text("Reason", "status", "reason"),
                Column.aged());
    }

    private static Object modes(JsonNode object) {
        return join(Json.at(object, "spec", "accessModes"), mode -> switch (mode.asText()) {
            case "ReadWriteOnce" -> "RWO";
            case "ReadOnlyMany" -> "ROX";
            case "ReadWriteMany" -> "RWX";
            default -> "RWOP";
        });
    }

    private static List<Column> events() {
        return List.of(
                new Column("Last Seen", "string", "", "", 0, (o, now) -> Age.since(lastSeen(o), now)),
                text("Type", "type"),
                text("Reason", "reason"),
                Column.text(
                        "Object",
                        o -> Json.text(o, "involvedObject", "kind").toLowerCase(java.util.Locale.ROOT) + "/"
                                + Json.text(o, "involvedObject", "name")),
                Column.wide(
                        "Source",
                        o -> Json.text(o, "source", "component").isEmpty()
                                ? Json.text(o, "reportingComponent")
                                : Json.text(o, "source", "component")),
                Column.text("Message", o -> Json.text(o, "message").strip()),
                Column.wide("Count", o -> Json.text(o, "count").isEmpty() ? "1" : Json.text(o, "count")),
                new Column("Name", "string", "name", "", 1, (o, now) -> Json.text(o, "metadata", "name")));
    }

    private static String lastSeen(JsonNode event) {
        for (String field : List.of("lastTimestamp", "eventTime", "firstTimestamp")) {
            if (!Json.text(event, field).isEmpty()) {
                return Json.text(event, field);
            }
        }
        return Json.text(event, "metadata", "creationTimestamp");
    }

    private static List<Column> statefulSets() {
        return List.of(
                Column.named(),
                Column.text(
                        "Ready",
                        o -> Json.at(o, "status", "readyReplicas").asInt(0) + "/"
                                + Json.at(o, "spec", "replicas").asInt(0)),
                Column.aged(),
                Column.wide("Containers", o -> join(containers(o), c -> Json.text(c, "name"))),
                Column.wide("Images", o -> join(containers(o), c -> Json.text(c, "image"))));
    }

    private static JsonNode containers(JsonNode set) {
        return Json.at(set, "spec", "template", "spec", "containers");
    }

    private static List<Column> budgets() {
        return List.of(
                Column.named(),
                Column.text("Min Available", o -> orNa(Json.text(o, "spec", "minAvailable"))),
                Column.text("Max Unavailable", o -> orNa(Json.text(o, "spec", "maxUnavailable"))),
                Column.text(
                        "Allowed Disruptions",
                        o -> Json.at(o, "status", "disruptionsAllowed").asInt(0)),
                Column.aged());
    }

    private static String orNa(String text) {
        return text.isEmpty() ? "N/A" : text;
    }

    private static String selector(JsonNode labels) {
        String all = labels.properties().stream()
                .map(l -> l.getKey() + "=" + l.getValue().asText())
                .collect(Collectors.joining(","));
        return PodColumns.orNone(all);
    }

    private static String join(JsonNode list, Function<JsonNode, String> text) {
        return StreamSupport.stream(list.spliterator(), false).map(text).collect(Collectors.joining(","));
    }
}
