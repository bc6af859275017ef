package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.store.Transaction;
import org.jspecify.annotations.Nullable;

/** A namespace is active from the start, and keeps the finalizer that lets its contents go first. */
final class NamespaceRules implements KindRules {
    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        ObjectNode metadata = Json.metadata(object);
        Json.child(metadata, "labels").put("kubernetes.io/metadata.name", Json.text(metadata, "name"));
        if (old == null) {
            Json.child(object, "spec").putArray("finalizers").add("kubernetes");
            Json.child(object, "status").put("phase", "Active");
        } else if (!Json.text(metadata, "deletionTimestamp").isEmpty()) {
            Json.child(object, "status").put("phase", "Terminating");
        }
    }
}
