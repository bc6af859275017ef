package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;

/** A pod by namespace and name. */
record PodKey(String namespace, String name) {
    static PodKey of(JsonNode pod) {
        return new PodKey(Json.text(pod, "metadata", "namespace"), Json.text(pod, "metadata", "name"));
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
