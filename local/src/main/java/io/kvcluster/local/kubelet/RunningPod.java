package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A pod with a living process, as others see it. The object is the pod as last known, not to be changed. */
public record RunningPod(
        String namespace, String name, String address, boolean ready, ObjectNode pod, Process process) {}
