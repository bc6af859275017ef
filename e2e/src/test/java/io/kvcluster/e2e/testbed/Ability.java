package io.kvcluster.e2e.testbed;

import java.util.Locale;

/**
 * What a target may or may not be able to do. A scenario that needs one carries the tag of the same name; the list of tags that a
 * target does not select is in the build (property {@code test.groups.excluded}), and a scenario that is selected all the same
 * fails. Deleting pods, scaling and applying need no ability: every Kubernetes can.
 */
public enum Ability {
    /** End a node's process without warning; the kubelet starts it again. */
    KILL_9,
    /** Stop a node's process, and let it go on. */
    PAUSE,
    /** Take the operator away and bring it back. */
    STOP_OPERATOR,
    /** End the operator's process without warning; it is started again. */
    KILL_OPERATOR,
    /** Take the API server away and bring it back. Kills and pauses work meanwhile. */
    STOP_API_SERVER,
    /** Stop everything in order, and start it from what is on disk. */
    RESTART_EVERYTHING,
    /** The audit log of the API server is readable, and the operator runs with the chart's rights. */
    READ_AUDIT_LOG,
    /** A kubectl is there. */
    KUBECTL,
    /** Cut a node off from all other nodes, and heal that. Clients may still reach it, or not. */
    PARTITION,
    /** Lose what goes from a node to the others, or what comes from them, but not both. */
    ONE_WAY_PARTITION,
    /** Make everything between a node and the others slow. */
    SLOW_LINK,
    /** Take the free space of a node's disk, and give it back. */
    FULL_DISK,
    /** Set a node's clock wrong. */
    CLOCK_OFFSET,
    /** Take away the machine under a pod, and bring it back with its disk. */
    NODE_LOSS;

    public static final String NEEDS_KILL_9 = "needs-kill-9";
    public static final String NEEDS_PAUSE = "needs-pause";
    public static final String NEEDS_STOP_OPERATOR = "needs-stop-operator";
    public static final String NEEDS_KILL_OPERATOR = "needs-kill-operator";
    public static final String NEEDS_STOP_API_SERVER = "needs-stop-api-server";
    public static final String NEEDS_RESTART_EVERYTHING = "needs-restart-everything";
    public static final String NEEDS_READ_AUDIT_LOG = "needs-read-audit-log";
    public static final String NEEDS_KUBECTL = "needs-kubectl";
    public static final String NEEDS_PARTITION = "needs-partition";
    public static final String NEEDS_ONE_WAY_PARTITION = "needs-one-way-partition";
    public static final String NEEDS_SLOW_LINK = "needs-slow-link";
    public static final String NEEDS_FULL_DISK = "needs-full-disk";
    public static final String NEEDS_CLOCK_OFFSET = "needs-clock-offset";
    public static final String NEEDS_NODE_LOSS = "needs-node-loss";

    public String tag() {
        return "needs-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
