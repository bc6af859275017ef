package io.kvcluster.local.api.resource;

import io.kvcluster.local.api.error.ApiError;

/** The four patch types, by content type. */
public enum PatchType {
    JSON("application/json-patch+json"),
    MERGE("application/merge-patch+json"),
    STRATEGIC("application/strategic-merge-patch+json"),
    APPLY("application/apply-patch+yaml");

    private final String contentType;

    PatchType(String contentType) {
        this.contentType = contentType;
    }

    /** @throws ApiError 415 when the type is no patch type, or is strategic and the kind is a custom one */
    public static PatchType of(String contentType, boolean custom) {
        String bare = contentType.split(";", 2)[0].strip();
        for (PatchType type : values()) {
            if (type.contentType.equals(bare) && !(custom && type == STRATEGIC)) {
                return type;
            }
        }
        throw ApiError.unsupportedMediaType("the body of the request was in an unknown format - accepted media types"
                + " include: application/json-patch+json, application/merge-patch+json,"
                + (custom ? "" : " application/strategic-merge-patch+json,") + " application/apply-patch+yaml");
    }
}
