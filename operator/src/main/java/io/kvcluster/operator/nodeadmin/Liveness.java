package io.kvcluster.operator.nodeadmin;

/** Whether a node is heard of. */
public enum Liveness {
    /** Watched for too short a time to say. Never permission for anything, and no news either. */
    UNKNOWN,
    /** Its reports arrive. */
    UP,
    /** It refuses connections, or was silent for too long. */
    DOWN
}
