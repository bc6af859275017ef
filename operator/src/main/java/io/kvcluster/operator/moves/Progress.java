package io.kvcluster.operator.moves;

/** How far the ring is on its way to what is wanted. */
public sealed interface Progress {
    /** It is as the spec wants it. */
    record Arrived() implements Progress {}

    /** It was not looked at in this pass. */
    record Unknown() implements Progress {}

    /**
     * It is on its way.
     *
     * @param type what is under way, CamelCase
     * @param goal names the operation: another goal is another operation
     * @param partitionsMoving that the ring moves now
     * @param copiesLeft copies of partitions that members get and do not have completely yet
     * @param bytesLeft that these are, about
     * @param waitingFor what the next step waits for; empty when it is being done
     */
    record UnderWay(String type, String goal, int partitionsMoving, int copiesLeft, long bytesLeft, String waitingFor)
            implements Progress {}
}
