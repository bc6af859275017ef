package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** The ring that is in force. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RingStatus(
        @JsonPropertyDescription("Version of the ring; 0 before the first.")
        long epoch,

        @JsonPropertyDescription("Made with the first ring, also a label of every volume claim.") @Nullable String clusterId,

        @JsonPropertyDescription("Number of partitions.") int partitions,

        @JsonPropertyDescription("Partitions with fewer live replicas than the replication factor.")
        int underReplicatedPartitions) {}
