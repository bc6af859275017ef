package io.kvcluster.operator.moves;

import java.util.List;

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
     * @param ahead who comes and goes on the way
     */
    record UnderWay(
            String type,
            String goal,
            int partitionsMoving,
            int copiesLeft,
            long bytesLeft,
            String waitingFor,
            Ahead ahead)
            implements Progress {}

    /**
     * @param joining pods that become members, there yet or not
     * @param leaving members
     * @param lowestCopies that any partition has on the way
     */
    record Ahead(List<String> joining, List<String> leaving, int lowestCopies) {
        public Ahead {
            joining = List.copyOf(joining);
            leaving = List.copyOf(leaving);
        }
    }
}
