package io.kvcluster.local.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.Catalog;
import io.kvcluster.local.api.kind.ResourceKind;
import java.util.List;

/** Which groups, versions and kinds there are, in the forms of {@code /version}, {@code /api} and {@code /apis}. */
final class Discovery {
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private Discovery() {}

    static ObjectNode version() {
        return Json.object()
                .put("major", "1")
                .put("minor", "33")
                .put("gitVersion", "v1.33.0+kvcluster-local")
                .put("gitCommit", "")
                .put("gitTreeState", "clean")
                .put("buildDate", "1970-01-01T00:00:00Z")
                .put("goVersion", "")
                .put("compiler", "")
                .put("platform", "linux");
    }

    static ObjectNode core() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs");
        return versions;
    }

    static ObjectNode groups(Catalog catalog) {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        catalog.groups().forEach(group -> groups.add(group(catalog, group)));
        return list;
    }

    static ObjectNode group(Catalog catalog, String name) {
        ObjectNode group =
                Json.object().put("kind", "APIGroup").put("apiVersion", "v1").put("name", name);
        ArrayNode versions = group.putArray("versions");
        catalog.versions(name)
                .forEach(version -> versions.addObject()
                        .put("groupVersion", name + "/" + version)
                        .put("version", version));
        group.set("preferredVersion", versions.get(0));
        return group;
    }

    static ObjectNode resources(Catalog catalog, String group, String version) {
        ObjectNode list = Json.object()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        catalog.in(group, version).forEach(kind -> describe(kind, resources));
        return list;
    }

    private static void describe(ResourceKind kind, ArrayNode resources) {
        ObjectNode resource = entry(kind, kind.plural(), kind.kind(), VERBS, resources);
        resource.put("singularName", kind.singular());
        if (!kind.shortNames().isEmpty()) {
            kind.shortNames().forEach(resource.putArray("shortNames")::add);
        }
        if (!kind.categories().isEmpty()) {
            kind.categories().forEach(resource.putArray("categories")::add);
        }
        List<String> change = List.of("get", "patch", "update");
        if (kind.hasStatus()) {
            entry(kind, kind.plural() + "/status", kind.kind(), change, resources);
        }
        if (kind.scale() != null) {
            entry(kind, kind.plural() + "/scale", "Scale", change, resources)
                    .put("group", "autoscaling")
                    .put("version", "v1");
        }
        if (kind.resource().equals("pods")) {
            entry(kind, "pods/log", "Pod", List.of("get"), resources);
        }
    }

    private static ObjectNode entry(
            ResourceKind kind, String name, String kindName, List<String> verbs, ArrayNode resources) {
        ObjectNode entry = resources
                .addObject()
                .put("name", name)
                .put("singularName", "")
                .put("namespaced", kind.namespaced())
                .put("kind", kindName);
        verbs.forEach(entry.putArray("verbs")::add);
        return entry;
    }
}
