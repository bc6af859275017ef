package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.apply.Ownership;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.patch.JsonPatches;
import io.kvcluster.local.api.patch.MergePatch;
import io.kvcluster.local.api.patch.StrategicMergePatch;
import io.kvcluster.local.api.store.ObjectKey;
import io.kvcluster.local.api.store.Transaction;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Creating and changing objects, inside one transaction. */
final class Writes {
    private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX_LENGTH = 5;
    private static final List<String> KEPT_METADATA = List.of(
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "resourceVersion",
            "generateName");
    private static final List<String> WITHOUT_GENERATION = List.of(
            "pods",
            "services",
            "configmaps",
            "secrets",
            "events",
            "endpoints",
            "nodes",
            "namespaces",
            "serviceaccounts",
            "persistentvolumeclaims",
            "persistentvolumes",
            "leases.coordination.k8s.io",
            "roles.rbac.authorization.k8s.io",
            "rolebindings.rbac.authorization.k8s.io",
            "clusterroles.rbac.authorization.k8s.io",
            "clusterrolebindings.rbac.authorization.k8s.io",
            "storageclasses.storage.k8s.io",
            "controllerrevisions.apps");

    private final Clock clock;
    private final RandomGenerator random;

    Writes(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    static ObjectKey key(ResourceKind kind, String namespace, String name) {
        return new ObjectKey(kind.resource(), kind.namespaced() ? namespace : "", name);
    }

    static ObjectNode required(Transaction tx, ResourceKind kind, String namespace, String name) {
        return tx.get(key(kind, namespace, name)).orElseThrow(() -> ApiError.notFound(kind.about(name)));
    }

    static String timestamp(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    Written create(Transaction tx, ResourceKind kind, String namespace, ObjectNode object, WriteOptions options) {
        MetadataRules.checkTarget(object, kind, namespace);
        if (!Json.text(object, "metadata", "resourceVersion").isEmpty()) {
            throw ApiError.badRequest("resourceVersion should not be set on objects to be created");
        }
        List<String> warnings = Admission.decode(object, kind, options);
        Json.metadata(object).remove("managedFields");
        prepareNew(object, kind);
        return insert(tx, kind, object, Json.object(), options, warnings);
    }

    private void prepareNew(ObjectNode object, ResourceKind kind) {
        ObjectNode metadata = Json.metadata(object);
        metadata.remove(KEPT_METADATA.subList(0, KEPT_METADATA.size() - 1));
        if (Json.text(metadata, "name").isEmpty()
                && !Json.text(metadata, "generateName").isEmpty()) {
            metadata.put("name", Json.text(metadata, "generateName") + suffix());
        }
        metadata.put("uid", new UUID(version4(random.nextLong()), variant2(random.nextLong())).toString());
        metadata.put("creationTimestamp", timestamp(clock));
        if (hasGeneration(kind)) {
            metadata.put("generation", 1);
        }
        if (kind.hasStatus()) {
            object.remove("status");
        }
    }

    private static long version4(long bits) {
        return bits & 0xFFFF_FFFF_FFFF_0FFFL | 0x4000L;
    }

    private static long variant2(long bits) {
        return bits & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            suffix.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
        }
        return suffix.toString();
    }

    /** Stores a prepared new object; {@code owned} carries the managed fields of an apply, or is empty. */
    private Written insert(
            Transaction tx,
            ResourceKind kind,
            ObjectNode object,
            ObjectNode owned,
            WriteOptions options,
            List<String> warnings) {
        String namespace = Json.text(object, "metadata", "namespace");
        String name = Json.text(object, "metadata", "name");
        if (kind.namespaced()) {
            checkNamespace(tx, kind, namespace, name);
        }
        Admission.admit(object, null, kind, tx);
        ObjectKey key = key(kind, namespace, name);
        if (tx.get(key).isPresent()) {
            throw ApiError.alreadyExists(kind.about(name));
        }
        if (owned.isEmpty()) {
            ownership(kind, "", options).recordUpdate(Json.object(), object);
        } else {
            Json.metadata(object).set("managedFields", Json.at(owned, "metadata", "managedFields"));
        }
        return Written.created(options.dryRun() ? object : tx.put(key, object), warnings);
    }

    private static void checkNamespace(Transaction tx, ResourceKind kind, String namespace, String name) {
        ObjectNode found = tx.get(new ObjectKey("namespaces", "", namespace))
                .orElseThrow(() -> ApiError.notFound(new ApiError.About("", "namespaces", "Namespace", namespace)));
        if (Json.text(found, "status", "phase").equals("Terminating")) {
            throw ApiError.forbidden(
                    kind.about(name),
                    "unable to create new content in namespace " + namespace + " because it is being terminated");
        }
    }

    Written replace(
            Transaction tx,
            ResourceKind kind,
            String namespace,
            String name,
            String subresource,
            ObjectNode body,
            WriteOptions options) {
        ObjectNode old = required(tx, kind, namespace, name);
        MetadataRules.checkTarget(body, kind, namespace);
        String its = Json.text(body, "metadata", "name");
        if (!its.equals(name)) {
            throw ApiError.badRequest(
                    "the name of the object (" + its + ") does not match the name on the URL (" + name + ")");
        }
        List<String> warnings = Admission.decode(body, kind, options);
        String version = Json.text(body, "metadata", "resourceVersion");
        if (version.isEmpty() && kind.custom()) {
            throw ApiError.invalid(
                    new ApiError.About(kind.group(), kind.plural(), kind.plural(), name),
                    List.of(FieldError.invalid("metadata.resourceVersion", "0", "must be specified for an update")));
        }
        checkVersion(kind, old, body);
        return change(tx, kind, old, body, subresource, false, options, warnings);
    }

    /** @throws ApiError 409 when the object names another version or uid than the stored one */
    static void checkVersion(ResourceKind kind, ObjectNode old, ObjectNode next) {
        String name = Json.text(old, "metadata", "name");
        String uid = Json.text(next, "metadata", "uid");
        String storedUid = Json.text(old, "metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(storedUid)) {
            throw ApiError.conflict(
                    kind.about(name),
                    "StorageError: invalid object, Code: 4, Key: /registry/"
                            + (kind.group().isEmpty() ? "" : kind.group() + "/") + kind.plural() + "/"
                            + (kind.namespaced() ? Json.text(old, "metadata", "namespace") + "/" : "") + name
                            + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
                            + uid + ", UID in object meta: " + storedUid);
        }
        String version = Json.text(next, "metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(Json.text(old, "metadata", "resourceVersion"))) {
            throw ApiError.stale(kind.about(name));
        }
    }

    Written patch(
            Transaction tx,
            ResourceKind kind,
            String namespace,
            String name,
            String subresource,
            PatchType type,
            JsonNode patch,
            WriteOptions options) {
        if (type == PatchType.APPLY) {
            return apply(tx, kind, namespace, name, subresource, patch, options);
        }
        ObjectNode old = required(tx, kind, namespace, name);
        boolean scale = subresource.equals("scale");
        ObjectNode base = scale ? Scaling.of(kind, old) : old;
        JsonNode patched = switch (type) {
            case JSON -> JsonPatches.apply(base, patch, kind.about(name));
            case MERGE -> MergePatch.apply(base, patch);
            case STRATEGIC -> StrategicMergePatch.apply(base, object(patch), kind.schema());
            case APPLY -> throw new IllegalStateException("handled above");
        };
        if (scale) {
            return scale(tx, kind, old, object(patched), options);
        }
        ObjectNode next = object(patched);
        MetadataRules.checkTarget(next, kind, namespace);
        List<String> warnings = Admission.decode(next, kind, options);
        checkVersion(kind, old, next);
        if (!Json.text(next, "metadata", "name").equals(name)) {
            throw ApiError.invalid(
                    kind.about(name),
                    List.of(FieldError.invalid(
                            "metadata.name", "\"" + Json.text(next, "metadata", "name") + "\"", "field is immutable")));
        }
        return change(tx, kind, old, next, subresource, false, options, warnings);
    }

    private static ObjectNode object(JsonNode value) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw ApiError.badRequest("the patch, or its result, is not a JSON object");
    }

    Written scale(Transaction tx, ResourceKind kind, ObjectNode old, ObjectNode scale, WriteOptions options) {
        ObjectNode next = old.deepCopy();
        Scaling.set(kind, next, scale);
        Written written = change(tx, kind, old, next, "scale", false, options, List.of());
        return Written.updated(Scaling.of(kind, written.object()), written.warnings());
    }

    private Written apply(
            Transaction tx,
            ResourceKind kind,
            String namespace,
            String name,
            String subresource,
            JsonNode patch,
            WriteOptions options) {
        ObjectNode config = object(patch).deepCopy();
        if (options.manager().isEmpty()) {
            throw ApiError.invalid(
                    new ApiError.About("meta.k8s.io", "patchoptions", "PatchOptions", ""),
                    List.of(FieldError.required("fieldManager", "is required for apply patch")));
        }
        if (!Json.at(config, "metadata", "managedFields").isMissingNode()) {
            throw ApiError.badRequest("metadata.managedFields must be nil");
        }
        MetadataRules.checkTarget(config, kind, namespace);
        Json.metadata(config).put("name", name);
        List<String> warnings = Admission.decode(config, kind, options);
        ObjectNode old = tx.get(key(kind, namespace, name)).orElse(null);
        if (old == null && !subresource.isEmpty()) {
            throw ApiError.notFound(kind.about(name));
        }
        Ownership ownership = ownership(kind, subresource, options);
        if (old == null) {
            if (!Json.text(config, "metadata", "uid").isEmpty()) {
                throw ApiError.conflict(
                        kind.about(name),
                        "uid mismatch: the provided object specified uid " + Json.text(config, "metadata", "uid")
                                + ", and no existing object was found");
            }
            ObjectNode object = ownership.apply(Json.object(), config, options.force());
            ObjectNode owned = object.deepCopy();
            prepareNew(object, kind);
            return insert(tx, kind, object, owned, options, warnings);
        }
        checkVersion(kind, old, config);
        ObjectNode next = ownership.apply(old, config, options.force());
        return change(tx, kind, old, next, subresource, true, options, warnings);
    }

    /** Completes, checks and stores what becomes of an object. Only what the subresource may change is taken over. */
    private Written change(
            Transaction tx,
            ResourceKind kind,
            ObjectNode old,
            ObjectNode wanted,
            String subresource,
            boolean applied,
            WriteOptions options,
            List<String> warnings) {
        ObjectNode next = subresource.equals("status") ? withStatus(old, wanted) : withoutStatus(old, wanted, kind);
        keepMetadata(old, next);
        if (applied) {
            Json.metadata(next).set("managedFields", Json.at(wanted, "metadata", "managedFields"));
        }
        Admission.admit(next, old, kind, tx);
        next = Json.normalised(next);
        if (hasGeneration(kind) && !specOf(old, kind).equals(specOf(next, kind))) {
            Json.metadata(next)
                    .put("generation", Json.at(old, "metadata", "generation").asLong() + 1);
        }
        if (!applied) {
            ownership(kind, subresource, options).recordUpdate(old, next);
        }
        next = Json.normalised(next);
        if (next.equals(old)) {
            return Written.updated(old, warnings);
        }
        if (options.dryRun()) {
            return Written.updated(next, warnings);
        }
        ObjectKey key = key(kind, Json.text(old, "metadata", "namespace"), Json.text(old, "metadata", "name"));
        if (Deletions.isDone(next, kind)) {
            tx.delete(key);
            return Written.updated(next, warnings);
        }
        return Written.updated(tx.put(key, next), warnings);
    }

    private static ObjectNode withStatus(ObjectNode old, ObjectNode wanted) {
        ObjectNode next = old.deepCopy();
        JsonNode status = wanted.path("status");
        if (status.isMissingNode()) {
            next.remove("status");
        } else {
            next.set("status", status);
        }
        return next;
    }

    private static ObjectNode withoutStatus(ObjectNode old, ObjectNode wanted, ResourceKind kind) {
        ObjectNode next = wanted.deepCopy();
        if (kind.hasStatus()) {
            next.remove("status");
            if (old.has("status")) {
                next.set("status", old.get("status").deepCopy());
            }
        }
        return next;
    }

    private static void keepMetadata(ObjectNode old, ObjectNode next) {
        ObjectNode from = Json.metadata(old);
        ObjectNode to = Json.metadata(next);
        for (String field : KEPT_METADATA) {
            to.remove(field);
            if (from.has(field)) {
                to.set(field, from.get(field));
            }
        }
        to.remove("managedFields");
        if (from.has("managedFields")) {
            to.set("managedFields", from.get("managedFields"));
        }
    }

    private static boolean hasGeneration(ResourceKind kind) {
        return !WITHOUT_GENERATION.contains(kind.resource());
    }

    /** What the generation counts: the spec, or of a custom kind everything but metadata and a status subresource. */
    private static ObjectNode specOf(ObjectNode object, ResourceKind kind) {
        ObjectNode rest = object.deepCopy();
        rest.remove("metadata");
        if (kind.hasStatus() || !kind.custom()) {
            rest.remove("status");
        }
        return rest;
    }

    private Ownership ownership(ResourceKind kind, String subresource, WriteOptions options) {
        String manager = options.manager().isEmpty() ? "unknown" : options.manager();
        return new Ownership(kind, manager, subresource, timestamp(clock));
    }
}
