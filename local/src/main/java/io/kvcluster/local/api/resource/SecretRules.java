package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** {@code stringData} is a way to write; what is stored and read is {@code data}. */
final class SecretRules implements KindRules {
    @Override
    public void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {
        if (object.remove("stringData") instanceof ObjectNode texts) {
            ObjectNode data = Json.child(object, "data");
            texts.properties()
                    .forEach(text -> data.put(
                            text.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(text.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
    }
}
