package io.kvcluster.operator.nodeadmin;

/** How a node took a ring. */
public sealed interface PushOutcome {
    /** It is durable there. */
    record Acknowledged(long epoch) implements PushOutcome {}

    /** It was not taken, and sending the same again will not help. */
    record Refused(String verdict, String why) implements PushOutcome {}

    /** Not reached, or not ready: again later. */
    record Failed(String why) implements PushOutcome {}
}
