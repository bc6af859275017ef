package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The answer to a write.
 *
 * @param object the object as it is now; of a removed object its last state
 * @param created whether it is new
 * @param removed whether it is gone, rather than waiting for finalizers or its grace period
 * @param warnings sentences for the person behind the request
 */
public record Written(ObjectNode object, boolean created, boolean removed, List<String> warnings) {
    static Written created(ObjectNode object, List<String> warnings) {
        return new Written(object, true, false, warnings);
    }

    static Written updated(ObjectNode object, List<String> warnings) {
        return new Written(object, false, false, warnings);
    }

    static Written removed(ObjectNode object) {
        return new Written(object, false, true, List.of());
    }
}
