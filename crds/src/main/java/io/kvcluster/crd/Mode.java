package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How replicas agree on writes. */
public enum Mode {
    @JsonProperty("Leaderless")
    LEADERLESS
}
