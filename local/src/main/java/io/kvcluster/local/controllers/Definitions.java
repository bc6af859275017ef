package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;

/** A CustomResourceDefinition that is being deleted takes its objects with it, after their finalizers. */
final class Definitions implements Pass {
    private static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

    @Override
    public void run(Resources resources) {
        for (ObjectNode definition : resources.list(BuiltInKinds.CUSTOM_RESOURCE_DEFINITION, "")) {
            if (!Objects.isDeleting(definition) || !Objects.hasFinalizer(definition, CLEANUP)) {
                continue;
            }
            boolean left = false;
            for (ResourceKind kind : resources.catalog().all().toList()) {
                if (kind.resource().equals(Objects.name(definition))) {
                    left |= deleteAll(resources, kind);
                }
            }
            if (!left) {
                resources.edit(
                        BuiltInKinds.CUSTOM_RESOURCE_DEFINITION,
                        "",
                        Objects.name(definition),
                        "",
                        WriteOptions.by("definition-controller"),
                        object -> Objects.removeText(Json.at(object, "metadata", "finalizers"), CLEANUP));
            }
        }
    }

    private static boolean deleteAll(Resources resources, ResourceKind kind) {
        resources.deleteAll(kind, "", object -> !Objects.isDeleting(object), DeleteOptions.PLAIN);
        return !resources.list(kind, "").isEmpty();
    }
}
