package io.kvcluster.local.api.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.kvcluster.local.api.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Structural schemas of built-in kinds, derived from the Java model that the Kubernetes client ships, and its traits. */
public final class ModelSchemas {
    private static final String DATE_TIME = "date-time";
    private static final ModelSchemas SHARED = new ModelSchemas();
    /** The metadata of every kind. */
    public static final Schema METADATA = of(ObjectMeta.class);

    private final Map<Class<?>, ObjectNode> known = new HashMap<>();

    private ModelSchemas() {}

    /** The schema of a model class. Safe for use by several threads. */
    public static Schema of(Class<?> model) {
        synchronized (SHARED) {
            return Schema.of(SHARED.describe(Json.MAPPER.constructType(model)));
        }
    }

    private ObjectNode describe(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (raw == String.class) {
            return scalar("string");
        }
        if (raw == Integer.class || raw == int.class) {
            return scalar("integer").put("format", "int32");
        }
        if (raw == Long.class || raw == long.class) {
            return scalar("integer").put("format", "int64");
        }
        if (raw == Boolean.class || raw == boolean.class) {
            return scalar("boolean");
        }
        if (raw == Double.class || raw == Float.class) {
            return scalar("number");
        }
        if (raw == IntOrString.class || raw == Quantity.class) {
            return Json.object().put("x-kubernetes-int-or-string", true);
        }
        if (type.isMapLikeType()) {
            ObjectNode map = scalar("object");
            map.set("additionalProperties", describe(type.getContentType()));
            return map;
        }
        if (type.isCollectionLikeType()) {
            ObjectNode list = scalar("array");
            list.set("items", describe(type.getContentType()));
            return list;
        }
        if (raw.getSimpleName().equals("MicroTime")) {
            return scalar("string").put("format", DATE_TIME);
        }
        boolean opaque = raw == Object.class || raw.isInterface() || raw == JSONSchemaProps.class || raw.isEnum();
        if (opaque || !raw.getName().startsWith("io.fabric8.kubernetes.api.model")) {
            return Json.object().put("x-kubernetes-preserve-unknown-fields", true);
        }
        ObjectNode done = known.get(raw);
        if (done == null) {
            done = describeClass(raw, type);
            known.put(raw, done);
        }
        return done.deepCopy();
    }

    private ObjectNode describeClass(Class<?> raw, JavaType type) {
        String name = raw.getSimpleName();
        ObjectNode schema = scalar("object");
        if (ModelTraits.atomicMap(name)) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        ObjectNode properties = schema.putObject("properties");
        for (BeanPropertyDefinition property :
                Json.MAPPER.getSerializationConfig().introspect(type).findProperties()) {
            if (property.getName().equals("additionalProperties")) {
                continue;
            }
            ObjectNode value = describe(property.getPrimaryType());
            decorate(name, property.getName(), value);
            properties.set(property.getName(), value);
        }
        if (properties.isEmpty()) {
            schema.put("x-kubernetes-preserve-unknown-fields", true);
        }
        return schema;
    }

    private static void decorate(String type, String field, ObjectNode schema) {
        ModelTraits.Merge merge = ModelTraits.merge(type, field);
        if (merge != null) {
            schema.put("x-kubernetes-patch-strategy", "merge");
            if (merge.applyKeys().isEmpty()) {
                schema.put("x-kubernetes-list-type", "set");
            } else {
                schema.put("x-kubernetes-list-type", "map").put("x-kubernetes-patch-merge-key", merge.patchKey());
                merge.applyKeys().forEach(schema.withArray("x-kubernetes-list-map-keys")::add);
            }
        }
        if (ModelTraits.atomicField(type, field)) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        String missing = ModelTraits.defaultValue(type, field);
        if (missing != null) {
            try {
                schema.set("default", Json.parse(missing.getBytes(StandardCharsets.UTF_8)));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("default of " + type + "." + field, e);
            }
        }
        if (List.of("creationTimestamp", "deletionTimestamp").contains(field)) {
            schema.put("format", DATE_TIME);
        }
    }

    private static ObjectNode scalar(String type) {
        return Json.object().put("type", type);
    }
}
