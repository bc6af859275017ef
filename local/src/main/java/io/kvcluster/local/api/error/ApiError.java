package io.kvcluster.local.api.error;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.util.List;
import java.util.stream.Collectors;

/** A refusal: an HTTP status, a reason and a sentence, written to the client as a Kubernetes Status. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the request was about, for the Status details; group and kind as the API server words them. */
    public record About(String group, String resource, String kind, String name) {
        String groupResource() {
            return group.isEmpty() ? resource : resource + "." + group;
        }

        String groupKind() {
            return group.isEmpty() ? kind : kind + "." + group;
        }
    }

    private final int code;
    private final String reason;
    private final transient ObjectNode details;

    private ApiError(int code, String reason, String message, ObjectNode details) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public ObjectNode toStatus() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
        if (!details.isEmpty()) {
            status.set("details", details);
        }
        status.put("code", code);
        return status;
    }

    public static ApiError notFound(About about) {
        return new ApiError(
                404,
                "NotFound",
                about.groupResource() + " \"" + about.name() + "\" not found",
                named(about, about.resource()));
    }

    public static ApiError noSuchPath() {
        return new ApiError(404, "NotFound", "the server could not find the requested resource", Json.object());
    }

    public static ApiError alreadyExists(About about) {
        return new ApiError(
                409,
                "AlreadyExists",
                about.groupResource() + " \"" + about.name() + "\" already exists",
                named(about, about.resource()));
    }

    public static ApiError conflict(About about, String why) {
        return new ApiError(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + about.groupResource() + " \"" + about.name() + "\": " + why,
                named(about, about.resource()));
    }

    public static ApiError stale(About about) {
        return conflict(
                about, "the object has been modified; please apply your changes to the latest version and try again");
    }

    /** One line per field that another manager owns: {@code conflict with "x" using apps/v1} and the field. */
    public static ApiError applyConflict(List<FieldConflict> conflicts) {
        ObjectNode details = Json.object();
        var causes = details.putArray("causes");
        for (FieldConflict conflict : conflicts) {
            causes.addObject()
                    .put("reason", "FieldManagerConflict")
                    .put("message", conflict.with())
                    .put("field", conflict.field());
        }
        String message = conflicts.size() == 1
                ? "Apply failed with 1 conflict: " + conflicts.getFirst().with() + ": "
                        + conflicts.getFirst().field()
                : "Apply failed with " + conflicts.size() + " conflicts: " + byManager(conflicts);
        return new ApiError(409, "Conflict", message, details);
    }

    /** A field that an apply would change although another manager owns it. */
    public record FieldConflict(String with, String field) {}

    private static String byManager(List<FieldConflict> conflicts) {
        return conflicts.stream()
                .collect(Collectors.groupingBy(FieldConflict::with, java.util.TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(e -> (e.getValue().size() == 1 ? e.getKey() : e.getKey().replaceFirst("conflict", "conflicts"))
                        + (e.getValue().size() == 1 ? ": " : ":\n- ")
                        + e.getValue().stream().map(FieldConflict::field).collect(Collectors.joining("\n- ")))
                .collect(Collectors.joining("\n"));
    }

    public static ApiError invalid(About about, List<FieldError> errors) {
        ObjectNode details = named(about, about.kind());
        var causes = details.putArray("causes");
        for (FieldError error : errors) {
            causes.addObject()
                    .put("reason", error.kind().cause())
                    .put("message", error.message())
                    .put("field", error.field());
        }
        String all = errors.stream().map(FieldError::toString).distinct().collect(Collectors.joining(", "));
        String list = errors.size() == 1 ? all : "[" + all + "]";
        return new ApiError(
                422, "Invalid", about.groupKind() + " \"" + about.name() + "\" is invalid: " + list, details);
    }

    /** A patch that does not fit the object. */
    public static ApiError unprocessable(About about, String why) {
        return new ApiError(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request: " + why,
                named(about, about.kind()));
    }

    public static ApiError badRequest(String message) {
        return new ApiError(400, "BadRequest", message, Json.object());
    }

    public static ApiError forbidden(About about, String why) {
        return new ApiError(
                403,
                "Forbidden",
                about.groupResource() + " \"" + about.name() + "\" is forbidden: " + why,
                named(about, about.resource()));
    }

    public static ApiError refused(String why) {
        return new ApiError(403, "Forbidden", why, Json.object());
    }

    public static ApiError unauthorized() {
        return new ApiError(401, "Unauthorized", "Unauthorized", Json.object());
    }

    public static ApiError methodNotAllowed() {
        return new ApiError(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
                Json.object());
    }

    public static ApiError unsupportedMediaType(String message) {
        return new ApiError(415, "UnsupportedMediaType", message, Json.object());
    }

    public static ApiError tooLarge(String message) {
        return new ApiError(413, "RequestEntityTooLarge", message, Json.object());
    }

    public static ApiError expired(String message) {
        return new ApiError(410, "Expired", message, Json.object());
    }

    public static ApiError unavailable(String message) {
        return new ApiError(503, "ServiceUnavailable", message, Json.object());
    }

    public static ApiError notImplemented(String message) {
        return new ApiError(501, "NotImplemented", message, Json.object());
    }

    public static ApiError internal(String message) {
        return new ApiError(500, "InternalError", "Internal error occurred: " + message, Json.object());
    }

    private static ObjectNode named(About about, String kind) {
        ObjectNode details = Json.object().put("name", about.name());
        if (!about.group().isEmpty()) {
            details.put("group", about.group());
        }
        return details.put("kind", kind);
    }
}
