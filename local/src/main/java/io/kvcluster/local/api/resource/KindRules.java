package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.store.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API server does for one kind beyond its schema: computed defaults and checks across fields. */
interface KindRules {
    /** A kind without rules of its own. */
    KindRules NONE = new KindRules() {};

    /** Fills in what the server decides; {@code old} is null for a new object. Changes the object. */
    default void complete(ObjectNode object, @Nullable ObjectNode old, Transaction tx) {}

    /** What is wrong with the object; {@code old} is null for a new object. */
    default List<FieldError> check(ObjectNode object, @Nullable ObjectNode old) {
        return List.of();
    }

    static KindRules of(String resource) {
        return switch (resource) {
            case "namespaces" -> new NamespaceRules();
            case "pods" -> new PodRules();
            case "services" -> new ServiceRules();
            case "secrets" -> new SecretRules();
            case "persistentvolumeclaims" -> new ClaimRules();
            case "statefulsets.apps" -> new StatefulSetRules();
            case "customresourcedefinitions.apiextensions.k8s.io" -> new DefinitionRules();
            default -> NONE;
        };
    }
}
