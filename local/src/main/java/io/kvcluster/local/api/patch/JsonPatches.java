package io.kvcluster.local.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import io.kvcluster.local.api.error.ApiError;

/** JSON patch (RFC 6902), refused in the way of the API server. */
public final class JsonPatches {
    private static final int MAX_OPERATIONS = 10_000;

    private JsonPatches() {}

    /**
     * The patched value; neither argument is changed.
     *
     * @throws ApiError 400 when the patch is malformed, 413 when it is too long, 422 when it does not fit the value or a
     *     test in it fails
     */
    public static JsonNode apply(JsonNode target, JsonNode patch, ApiError.About about) {
        if (!patch.isArray()) {
            throw ApiError.badRequest("error decoding patch: a JSON patch is a list of operations");
        }
        if (patch.size() > MAX_OPERATIONS) {
            throw ApiError.tooLarge(
                    "The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS + ", got " + patch.size());
        }
        try {
            return JsonPatch.apply(patch, target.deepCopy());
        } catch (JsonPatchException e) {
            throw ApiError.unprocessable(about, String.valueOf(e.getMessage()));
        }
    }
}
