package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A member of the ring, or a pod that is to become one. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record MemberStatus(
        @JsonPropertyDescription("The pod.") String name,

        @JsonPropertyDescription("Identity of the data directory. Absent until the node reported it.") @Nullable String storeId,

        @Nullable String zone,

        @JsonPropertyDescription("Address of the pod now; absent while it has none.") @Nullable String address,

        @JsonPropertyDescription("State in the ring (NORMAL), or what stands in the way of it (PENDING, LOST_STORE).")
        String state,

        @JsonPropertyDescription("Whether the operator hears of it.")
        boolean live,

        @JsonPropertyDescription("Since when live has its value, RFC 3339.") @Nullable String since,

        @JsonPropertyDescription("Partitions that it holds by the ring.")
        int ownedPartitions,

        @JsonPropertyDescription("Epoch of the ring that it uses, as reported last.") @Nullable Long epoch) {}
