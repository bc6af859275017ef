package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When a replica acknowledges: after its log is forced to disk, or before. */
public enum Durability {
    @JsonProperty("Fsync")
    FSYNC,

    @JsonProperty("Periodic")
    PERIODIC
}
