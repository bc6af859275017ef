package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of volume claims when their cluster is deleted. */
public enum ReclaimPolicy {
    @JsonProperty("Retain")
    RETAIN,

    @JsonProperty("Delete")
    DELETE,

    @JsonProperty("Quarantine")
    QUARANTINE
}
