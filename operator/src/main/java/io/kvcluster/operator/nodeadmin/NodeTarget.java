package io.kvcluster.operator.nodeadmin;

/**
 * A pod that runs a node. A pod of the same name with another uid is another target: what the old one said does not count for it.
 *
 * @param address of the pod now, an IP address
 */
public record NodeTarget(String pod, String uid, String address) {}
