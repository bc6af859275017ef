package io.kvcluster.local.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.LocalException;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts the objects of a file into the cluster. An object that is there already stays as it is. */
final class Example {
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private Example() {}

    /** A KvCluster by namespace and name. */
    record ClusterName(String namespace, String name) {}

    /**
     * @return the first KvCluster of the file, if it has one
     * @throws LocalException when the file cannot be read or an object is refused
     */
    static Optional<ClusterName> create(Path file, Resources resources) {
        List<ClusterName> clusters = new ArrayList<>();
        for (ObjectNode object : read(file)) {
            String namespace = Json.text(object, "metadata", "namespace").isEmpty()
                    ? "default"
                    : Json.text(object, "metadata", "namespace");
            ResourceKind kind = resources
                    .catalog()
                    .findByKind(Json.text(object, "apiVersion"), Json.text(object, "kind"))
                    .orElseThrow(() -> new LocalException(file + ": no kind " + Json.text(object, "kind") + " in "
                            + Json.text(object, "apiVersion")));
            create(file, resources, kind, namespace, object);
            if (kind.kind().equals("KvCluster")) {
                clusters.add(new ClusterName(namespace, Json.text(object, "metadata", "name")));
            }
        }
        return clusters.stream().findFirst();
    }

    private static List<ObjectNode> read(Path file) {
        try {
            return Json.parseYamlDocuments(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new LocalException(file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new LocalException(file + " cannot be read: " + e, e);
        }
    }

    private static void create(Path file, Resources resources, ResourceKind kind, String namespace, ObjectNode object) {
        try {
            // As kubectl apply would leave it, so that a later "kubectl apply" of the changed file finds its base.
            ObjectNode metadata = Json.metadata(object);
            Json.child(metadata, "annotations");
            if (kind.namespaced()) {
                metadata.put("namespace", namespace);
            }
            String applied = new String(Json.write(object), StandardCharsets.UTF_8) + "\n";
            Json.child(metadata, "annotations").put(LAST_APPLIED, applied);
            resources.create(
                    kind,
                    kind.namespaced() ? namespace : "",
                    object,
                    new WriteOptions(false, "kubectl-client-side-apply", false, WriteOptions.UnknownFields.STRICT));
        } catch (ApiError e) {
            if (!e.reason().equals("AlreadyExists")) {
                throw new LocalException(file + ": " + e.getMessage(), e);
            }
        }
    }
}
