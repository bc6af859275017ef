package io.kvcluster.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.PatchType;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** What a cluster has before anything is put into it: namespaces, nodes, a storage class, the KvCluster kind. */
final class Bootstrap {
    private static final String DEFINITION = "/io/kvcluster/crd/kvclusters.kvcluster.io-v1.yml";
    private static final WriteOptions OPTIONS =
            new WriteOptions(false, "kv-local", true, WriteOptions.UnknownFields.IGNORE);

    private Bootstrap() {}

    static void run(Resources resources, List<String> zones, Instant now) throws IOException {
        for (String name : List.of("default", "kube-system")) {
            apply(resources, BuiltInKinds.NAMESPACE, "", named(name));
        }
        for (String zone : zones) {
            node(resources, zone, now);
        }
        ObjectNode storage = named("local");
        Json.child(Json.metadata(storage), "annotations").put("storageclass.kubernetes.io/is-default-class", "true");
        storage.put("provisioner", "kvcluster.io/local-folder").put("allowVolumeExpansion", true);
        apply(
                resources,
                resources
                        .catalog()
                        .find("storage.k8s.io", "v1", "storageclasses")
                        .orElseThrow(),
                "",
                storage);
        apply(resources, BuiltInKinds.CUSTOM_RESOURCE_DEFINITION, "", definition());
    }

    private static ObjectNode named(String name) {
        ObjectNode object = Json.object();
        Json.metadata(object).put("name", name);
        return object;
    }

    private static void apply(Resources resources, ResourceKind kind, String namespace, ObjectNode object) {
        object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        resources.patch(kind, namespace, Json.text(object, "metadata", "name"), "", PatchType.APPLY, object, OPTIONS);
    }

    private static ObjectNode definition() throws IOException {
        try (InputStream in = Bootstrap.class.getResourceAsStream(DEFINITION)) {
            if (in == null) {
                throw new IOException("the class path has no " + DEFINITION);
            }
            return Json.parseYamlDocuments(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .getFirst();
        }
    }

    private static void node(Resources resources, String zone, Instant now) {
        String name = "node-" + zone.replaceFirst("^zone-", "");
        ObjectNode node = named(name);
        Json.child(Json.metadata(node), "labels")
                .put("kubernetes.io/hostname", name)
                .put("kubernetes.io/os", "linux")
                .put("topology.kubernetes.io/zone", zone)
                .put("topology.kubernetes.io/region", "local");
        apply(resources, BuiltInKinds.NODE, "", node);
        ObjectNode status = Json.object();
        status.putObject("capacity")
                .put("cpu", Integer.toString(Runtime.getRuntime().availableProcessors()))
                .put("pods", "110");
        status.set("allocatable", status.path("capacity").deepCopy());
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("reason", "KubeletReady")
                .put("message", "pods run as processes of this machine")
                .put("lastTransitionTime", now.toString())
                .put("lastHeartbeatTime", now.toString());
        status.putArray("addresses").addObject().put("type", "InternalIP").put("address", "127.0.0.1");
        status.putObject("nodeInfo")
                .put("kubeletVersion", "v1.33.0")
                .put("osImage", System.getProperty("os.name"))
                .put("kernelVersion", System.getProperty("os.version"))
                .put(
                        "containerRuntimeVersion",
                        "process://java-" + Runtime.version().feature())
                .put("operatingSystem", "linux")
                .put("architecture", System.getProperty("os.arch"));
        resources.edit(BuiltInKinds.NODE, "", name, "status", OPTIONS, object -> {
            if (!object.path("status").has("conditions")) {
                object.set("status", status);
            }
        });
    }
}
