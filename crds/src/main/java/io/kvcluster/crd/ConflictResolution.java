package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of concurrent writes to one key. */
public enum ConflictResolution {
    @JsonProperty("LastWriterWins")
    LAST_WRITER_WINS,

    @JsonProperty("Siblings")
    SIBLINGS,

    @JsonProperty("Custom")
    CUSTOM
}
