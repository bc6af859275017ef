package io.kvcluster.local.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;

/** What the passes read of any object. */
final class Objects {
    private Objects() {}

    static String name(JsonNode object) {
        return Json.text(object, "metadata", "name");
    }

    static String namespace(JsonNode object) {
        return Json.text(object, "metadata", "namespace");
    }

    static String uid(JsonNode object) {
        return Json.text(object, "metadata", "uid");
    }

    static boolean isDeleting(JsonNode object) {
        return object.path("metadata").has("deletionTimestamp");
    }

    static boolean isOwnedBy(JsonNode object, JsonNode owner) {
        for (JsonNode reference : Json.at(object, "metadata", "ownerReferences")) {
            if (Json.text(reference, "uid").equals(uid(owner))) {
                return true;
            }
        }
        return false;
    }

    static void own(ObjectNode object, ResourceKind kind, JsonNode owner) {
        Json.metadata(object)
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", kind.apiVersion())
                .put("kind", kind.kind())
                .put("name", name(owner))
                .put("uid", uid(owner))
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    static boolean hasFinalizer(JsonNode object, String finalizer) {
        for (JsonNode present : Json.at(object, "metadata", "finalizers")) {
            if (present.asText().equals(finalizer)) {
                return true;
            }
        }
        return false;
    }

    /** Removes a text from a list of the object's metadata, or from another list of texts. */
    static void removeText(JsonNode list, String text) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i).asText().equals(text)) {
                ((com.fasterxml.jackson.databind.node.ArrayNode) list).remove(i);
            }
        }
    }

    /** The status of a condition such as {@code Ready}, or the empty string. */
    static String condition(JsonNode object, String type) {
        for (JsonNode condition : Json.at(object, "status", "conditions")) {
            if (Json.text(condition, "type").equals(type)) {
                return Json.text(condition, "status");
            }
        }
        return "";
    }
}
