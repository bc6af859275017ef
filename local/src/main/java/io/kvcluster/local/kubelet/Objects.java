package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The objects that a pod refers to, as the kubelet last saw them. */
interface Objects {
    Optional<ObjectNode> configMap(String namespace, String name);

    Optional<ObjectNode> secret(String namespace, String name);

    /** The folder of a bound volume claim; empty while it is not bound. */
    Optional<String> claimFolder(String namespace, String name);
}
