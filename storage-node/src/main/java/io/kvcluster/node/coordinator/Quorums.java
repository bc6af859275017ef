package io.kvcluster.node.coordinator;

/**
 * What an operation needs of the replicas and, while the partition moves, of those that it moves to; one and the same for a partition
 * that stays.
 *
 * @param old of the replicas
 * @param target of the replicas after the move
 * @param asked of those whom reads and version questions ask: one of the two
 * @param targetHolders how many of those after the move must durably hold the answer of a read
 */
record Quorums(Quorum old, Quorum target, Quorum asked, int targetHolders) {

    /** Durable acknowledgements, or copies of an answer, in both sets. One that is in both counts in both. */
    static final class Tally {
        private final Replication replication;
        private int old;
        private int target;
        private int all;

        Tally(Replication replication) {
            this.replication = replication;
        }

        void add(int replica) {
            change(replica, 1);
        }

        void remove(int replica) {
            change(replica, -1);
        }

        private void change(int replica, int by) {
            old += replication.isOld(replica) ? by : 0;
            target += replication.isTarget(replica) ? by : 0;
            all += by;
        }

        int all() {
            return all;
        }
    }

    boolean written(Tally acknowledged) {
        return acknowledged.old >= old.writes() && acknowledged.target >= target.writes();
    }

    boolean held(Tally held) {
        return held.old >= old.holders() && held.target >= targetHolders;
    }

    /** Whether one more copy there is wanted, when those on their way arrive. */
    boolean lacks(Tally held, Tally outstanding, Replication replication, int replica) {
        return (replication.isOld(replica) && held.old + outstanding.old < old.holders())
                || (replication.isTarget(replica) && held.target + outstanding.target < targetHolders);
    }

    boolean lacks(Tally held, Tally outstanding) {
        return held.old + outstanding.old < old.holders() || held.target + outstanding.target < targetHolders;
    }
}
