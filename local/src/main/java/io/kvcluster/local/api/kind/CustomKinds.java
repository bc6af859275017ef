package io.kvcluster.local.api.kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.schema.ModelSchemas;
import io.kvcluster.local.api.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads kinds from CustomResourceDefinitions. */
final class CustomKinds {
    private CustomKinds() {}

    /** One kind for each served version. Conversion does not exist here: all versions see the stored object. */
    static List<ResourceKind> of(JsonNode definition) {
        JsonNode spec = definition.path("spec");
        JsonNode names = spec.path("names");
        List<ResourceKind> kinds = new ArrayList<>();
        for (JsonNode version : spec.path("versions")) {
            if (!version.path("served").asBoolean(false)) {
                continue;
            }
            JsonNode subresources = version.path("subresources");
            Schema schema = Schema.ofObject(Json.at(version, "schema", "openAPIV3Schema"), ModelSchemas.METADATA);
            kinds.add(new ResourceKind(
                    Json.text(spec, "group"),
                    Json.text(version, "name"),
                    Json.text(names, "kind"),
                    Json.text(names, "plural"),
                    Json.text(names, "singular"),
                    texts(names.path("shortNames")),
                    texts(names.path("categories")),
                    Json.text(spec, "scope").equals("Namespaced"),
                    true,
                    subresources.has("status"),
                    scale(subresources.path("scale")),
                    columns(version.path("additionalPrinterColumns")),
                    () -> schema));
        }
        return kinds;
    }

    private static ResourceKind.@Nullable ScalePaths scale(JsonNode scale) {
        if (!scale.isObject()) {
            return null;
        }
        return new ResourceKind.ScalePaths(
                undotted(scale, "specReplicasPath"),
                undotted(scale, "statusReplicasPath"),
                undotted(scale, "labelSelectorPath"));
    }

    private static String undotted(JsonNode scale, String field) {
        String path = Json.text(scale, field);
        return path.startsWith(".") ? path.substring(1) : path;
    }

    private static List<ResourceKind.PrinterColumn> columns(JsonNode columns) {
        List<ResourceKind.PrinterColumn> all = new ArrayList<>();
        for (JsonNode column : columns) {
            all.add(new ResourceKind.PrinterColumn(
                    Json.text(column, "name"),
                    Json.text(column, "type"),
                    Json.text(column, "format"),
                    Json.text(column, "description").isEmpty()
                            ? "Custom resource definition column (in JSONPath format): " + Json.text(column, "jsonPath")
                            : Json.text(column, "description"),
                    column.path("priority").asInt(0),
                    Json.text(column, "jsonPath")));
        }
        return all;
    }

    private static List<String> texts(JsonNode list) {
        List<String> all = new ArrayList<>();
        list.forEach(text -> all.add(text.asText()));
        return all;
    }
}
