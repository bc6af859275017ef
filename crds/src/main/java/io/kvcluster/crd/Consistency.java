package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How many replicas an operation asks when it names no level itself. */
public enum Consistency {
    @JsonProperty("Local")
    LOCAL,

    @JsonProperty("One")
    ONE,

    @JsonProperty("Eventual")
    EVENTUAL,

    @JsonProperty("Quorum")
    QUORUM,

    @JsonProperty("All")
    ALL
}
