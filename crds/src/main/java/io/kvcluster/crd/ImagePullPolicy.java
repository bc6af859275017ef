package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When the kubelet pulls the image. */
public enum ImagePullPolicy {
    @JsonProperty("Always")
    ALWAYS,

    @JsonProperty("IfNotPresent")
    IF_NOT_PRESENT,

    @JsonProperty("Never")
    NEVER
}
