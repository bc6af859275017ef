package io.kvcluster.node.repair;

import io.kvcluster.ring.Ring;

/**
 * With how many other replicas a suspect one must exchange before it may answer again: {@code max(R, N−W+1)}, the largest over
 * the levels whose R + W > N. With N−W+1 others one holds every write that was acknowledged, with R others one holds everything
 * that a read returned. Level all asks for no more: a write at it is on every other replica, and a value that only this one held
 * when a read returned it is lost whomever one asks. Pure.
 */
final class Healers {
    private Healers() {}

    static int needed(Ring ring, int partition) {
        int replicas = ring.replicas(partition).size();
        int needed = Math.max(ring.majority(partition), replicas - ring.majority(partition) + 1);
        int read = ring.read(partition);
        int write = ring.write(partition);
        if (read + write > replicas) {
            needed = Math.max(needed, Math.max(read, replicas - write + 1));
        }
        return Math.min(needed, replicas - 1);
    }
}
