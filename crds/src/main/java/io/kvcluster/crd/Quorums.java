package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** Quorums of level eventual; absent ones are a majority of the replication factor. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Quorums(
        @JsonPropertyDescription("Replicas that answer a read. At most replicationFactor. Absent: a majority.")
        @Nullable @Min(1) @Max(7) Integer read,

        @JsonPropertyDescription("Replicas that acknowledge a write. At most replicationFactor. Absent: a majority.")
        @Nullable @Min(1) @Max(7) Integer write) {}
