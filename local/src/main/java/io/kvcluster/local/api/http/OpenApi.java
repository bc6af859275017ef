package io.kvcluster.local.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.Catalog;
import io.kvcluster.local.api.kind.ResourceKind;

/**
 * As much of {@code /openapi/v3} as kubectl looks at: that PATCH takes {@code fieldValidation} (the server validates, so
 * kubectl does not), and the schema of each kind for {@code kubectl explain}. Strategic merge is left out of the content
 * types of PATCH on purpose: kubectl then uses its own knowledge of built-in kinds, which is complete.
 */
final class OpenApi {
    private OpenApi() {}

    static ObjectNode index(Catalog catalog) {
        ObjectNode paths = Json.object();
        paths.putObject("api/v1").put("serverRelativeURL", "/openapi/v3/api/v1");
        catalog.groups()
                .forEach(group -> catalog.versions(group).forEach(version -> {
                    String path = "apis/" + group + "/" + version;
                    paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path);
                }));
        ObjectNode index = Json.object();
        index.set("paths", paths);
        return index;
    }

    static ObjectNode document(Catalog catalog, String group, String version) {
        ObjectNode document = Json.object().put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", "v1.33.0");
        ObjectNode paths = document.putObject("paths");
        ObjectNode schemas = document.putObject("components").putObject("schemas");
        catalog.in(group, version).forEach(kind -> describe(kind, paths, schemas));
        return document;
    }

    private static void describe(ResourceKind kind, ObjectNode paths, ObjectNode schemas) {
        ObjectNode gvk = Json.object()
                .put("group", kind.group())
                .put("version", kind.version())
                .put("kind", kind.kind());
        String root = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
        String collection =
                root + kind.version() + (kind.namespaced() ? "/namespaces/{namespace}/" : "/") + kind.plural();
        ObjectNode get = paths.putObject(collection).putObject("get");
        get.put("x-kubernetes-action", "list").set("x-kubernetes-group-version-kind", gvk);
        get.putObject("responses");
        ObjectNode patch = paths.putObject(collection + "/{name}").putObject("patch");
        patch.put("x-kubernetes-action", "patch").set("x-kubernetes-group-version-kind", gvk);
        patch.putArray("parameters")
                .add(queryParameter("fieldValidation"))
                .add(queryParameter("dryRun"))
                .add(queryParameter("fieldManager"));
        patch.putObject("requestBody").putObject("content").putObject("application/apply-patch+yaml");
        patch.putObject("responses");
        ObjectNode schema = kind.schema().openApi();
        schema.putArray("x-kubernetes-group-version-kind").add(gvk);
        schemas.set(
                kind.group().replace('.', '_') + "." + kind.version() + "." + kind.kind(), withoutEmptyTypes(schema));
    }

    private static ObjectNode queryParameter(String name) {
        ObjectNode parameter = Json.object().put("name", name).put("in", "query");
        parameter.putObject("schema").put("type", "string").put("uniqueItems", true);
        return parameter;
    }

    private static ObjectNode withoutEmptyTypes(ObjectNode schema) {
        schema.remove("x-kubernetes-validations");
        return schema;
    }
}
