package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Names, labels, owners and finalizers: what the API server demands of the metadata of any kind. */
final class MetadataRules {
    private static final String SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private static final Pattern SUBDOMAIN_FORM = Pattern.compile(SUBDOMAIN);
    private static final Pattern LABEL_FORM = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SERVICE_FORM = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern VALUE_FORM = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
    private static final Pattern KEY_FORM =
            Pattern.compile("(" + SUBDOMAIN + "/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");

    private MetadataRules() {}

    /** @throws ApiError 400 when the object is not of the kind, namespace or name that the request names */
    static void checkTarget(ObjectNode object, ResourceKind kind, String namespace) {
        String apiVersion = Json.text(object, "apiVersion");
        if (!apiVersion.isEmpty() && !apiVersion.equals(kind.apiVersion())) {
            throw ApiError.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + kind.apiVersion() + ")");
        }
        String name = Json.text(object, "kind");
        if (!name.isEmpty() && !name.equals(kind.kind())) {
            throw ApiError.badRequest(
                    kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a " + name);
        }
        object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        ObjectNode metadata = Json.metadata(object);
        String its = Json.text(metadata, "namespace");
        if (!kind.namespaced()) {
            metadata.remove("namespace");
        } else if (!its.isEmpty() && !its.equals(namespace)) {
            throw ApiError.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        } else {
            metadata.put("namespace", namespace);
        }
    }

    /** Empty maps and lists of the metadata are the same as absent ones. */
    static void dropEmpty(ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        for (String field : List.of("labels", "annotations", "finalizers", "ownerReferences", "managedFields")) {
            if (metadata.has(field) && metadata.get(field).isEmpty()) {
                metadata.remove(field);
            }
        }
    }

    static List<FieldError> check(ObjectNode object, ResourceKind kind) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode metadata = object.path("metadata");
        String name = Json.text(metadata, "name");
        if (name.isEmpty()) {
            errors.add(FieldError.required("metadata.name", "name or generateName is required"));
        } else {
            checkName(name, kind, errors);
        }
        metadata.path("labels").properties().forEach(label -> {
            String value = label.getValue().asText();
            if (!KEY_FORM.matcher(label.getKey()).matches()) {
                errors.add(FieldError.invalid(
                        "metadata.labels",
                        "\"" + label.getKey() + "\"",
                        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
                                + " with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex"
                                + " used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"));
            }
            if (value.length() > 63) {
                errors.add(FieldError.invalid("metadata.labels", "\"" + value + "\"", "must be no more than 63 bytes"));
            } else if (!VALUE_FORM.matcher(value).matches()) {
                errors.add(FieldError.invalid(
                        "metadata.labels",
                        "\"" + value + "\"",
                        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                                + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
                                + " 'my_value',  or '12345', regex used for validation is"
                                + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"));
            }
        });
        checkOwners(metadata.path("ownerReferences"), errors);
        return errors;
    }

    private static void checkName(String name, ResourceKind kind, List<FieldError> errors) {
        String quoted = "\"" + name + "\"";
        switch (kind.resource()) {
            case "namespaces" -> {
                if (name.length() > 63 || !LABEL_FORM.matcher(name).matches()) {
                    errors.add(FieldError.invalid(
                            "metadata.name",
                            quoted,
                            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
                                    + " must start and end with an alphanumeric character (e.g. 'my-name',  or"
                                    + " '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"));
                }
            }
            case "services" -> {
                if (name.length() > 63 || !SERVICE_FORM.matcher(name).matches()) {
                    errors.add(FieldError.invalid(
                            "metadata.name",
                            quoted,
                            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                                    + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name', "
                                    + " or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"));
                }
            }
            default -> {
                boolean pathSegment = kind.group().equals("rbac.authorization.k8s.io");
                if (name.length() > 253) {
                    errors.add(FieldError.invalid("metadata.name", quoted, "must be no more than 253 bytes"));
                } else if (!pathSegment && !SUBDOMAIN_FORM.matcher(name).matches()) {
                    errors.add(FieldError.invalid(
                            "metadata.name",
                            quoted,
                            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or"
                                    + " '.', and must start and end with an alphanumeric character (e.g."
                                    + " 'example.com', regex used for validation is '" + SUBDOMAIN + "')"));
                }
            }
        }
    }

    private static void checkOwners(JsonNode owners, List<FieldError> errors) {
        int controllers = 0;
        for (int i = 0; i < owners.size(); i++) {
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (Json.text(owners.get(i), field).isEmpty()) {
                    errors.add(FieldError.invalid(
                            "metadata.ownerReferences[" + i + "]." + field, "\"\"", field + " must not be empty"));
                }
            }
            controllers += owners.get(i).path("controller").asBoolean(false) ? 1 : 0;
        }
        if (controllers > 1) {
            errors.add(FieldError.invalid(
                    "metadata.ownerReferences", "\"array\"", "Only one reference can have Controller set to true"));
        }
    }

    /** While an object is being deleted, finalizers can only go. */
    static List<FieldError> checkFinalizers(ObjectNode object, ObjectNode old) {
        if (Json.text(old, "metadata", "deletionTimestamp").isEmpty()) {
            return List.of();
        }
        List<String> known = new ArrayList<>();
        Json.at(old, "metadata", "finalizers").forEach(f -> known.add(f.asText()));
        List<String> fresh = new ArrayList<>();
        Json.at(object, "metadata", "finalizers").forEach(f -> {
            if (!known.contains(f.asText())) {
                fresh.add("\"" + f.asText() + "\"");
            }
        });
        return fresh.isEmpty()
                ? List.of()
                : List.of(FieldError.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers"
                                + " []string{" + String.join(", ", fresh) + "}"));
    }
}
