package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator found and does. Holds no heartbeat times: a settled cluster causes no write. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record KvClusterStatus(
        @JsonPropertyDescription("metadata.generation of the spec that this status is about.") @Nullable Long observedGeneration,

        @JsonPropertyDescription("The state in a word, for people; programs read conditions.") @Nullable String phase,

        @JsonPropertyDescription("Storage pods that exist.") @Nullable @StatusReplicas
        Integer replicas,

        @JsonPropertyDescription("Storage pods that are ready.") @Nullable Integer readyReplicas,

        @JsonPropertyDescription("readyReplicas / spec.replicas.") @Nullable String ready,

        @JsonPropertyDescription("Read/write quorum of level eventual.") @Nullable String quorums,

        @JsonPropertyDescription("Label selector of the storage pods.") @Nullable @LabelSelector
        String selector,

        @JsonPropertyDescription("Version of the storage software; several while they are mixed.") @Nullable String version,

        @JsonPropertyDescription("The ring as the ConfigMap holds it.") @Nullable RingStatus ring,

        @JsonPropertyDescription(
                "The change of members, copies or quorums that is under way; absent when there is none.")
        @Nullable Operation operation,

        List<MemberStatus> members,
        List<Condition> conditions,

        @JsonPropertyDescription("What the operator waits for: each with what would end the wait.")
        List<Blocker> blockedBy) {

    @SuppressWarnings("ConstantValue") // absent in JSON
    public KvClusterStatus {
        members = members == null ? List.of() : List.copyOf(members);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        blockedBy = blockedBy == null ? List.of() : List.copyOf(blockedBy);
    }
}
