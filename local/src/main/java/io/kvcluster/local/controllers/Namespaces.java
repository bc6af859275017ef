package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.util.List;

/** Gives each namespace its default service account; empties a namespace that is being deleted, then lets it go. */
final class Namespaces implements Pass {
    private static final WriteOptions OPTIONS = WriteOptions.by("namespace-controller");

    @Override
    public void run(Resources resources) {
        for (ObjectNode namespace : resources.list(BuiltInKinds.NAMESPACE, "")) {
            if (Objects.isDeleting(namespace)) {
                empty(resources, namespace);
            } else if (resources
                    .find(BuiltInKinds.SERVICE_ACCOUNT, Objects.name(namespace), "default")
                    .isEmpty()) {
                ObjectNode account = Json.object();
                Json.metadata(account).put("name", "default");
                resources.create(BuiltInKinds.SERVICE_ACCOUNT, Objects.name(namespace), account, OPTIONS);
            }
        }
    }

    private static void empty(Resources resources, ObjectNode namespace) {
        String name = Objects.name(namespace);
        boolean left = false;
        for (ResourceKind kind :
                resources.catalog().all().filter(ResourceKind::namespaced).toList()) {
            List<ObjectNode> objects = resources.list(kind, name);
            objects.stream()
                    .filter(object -> !Objects.isDeleting(object))
                    .forEach(object -> resources.delete(kind, name, Objects.name(object), DeleteOptions.PLAIN));
            left |= !resources.list(kind, name).isEmpty();
        }
        if (!left) {
            resources.edit(
                    BuiltInKinds.NAMESPACE,
                    "",
                    name,
                    "",
                    OPTIONS,
                    object -> Json.child(object, "spec").putArray("finalizers"));
        }
    }
}
