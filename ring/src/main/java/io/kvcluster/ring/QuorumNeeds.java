package io.kvcluster.ring;

/**
 * What the levels whose R + W exceeds N ask of N replicas together: level quorum, with R and W a majority, and level eventual when
 * its quorums overlap. Level all adds nothing: a write at it is on every replica, and the answer of a read at it is held by as many
 * replicas as that of a read at quorum.
 *
 * @param barrier {@code max(N-R, N-W) + 1}: when so many have adopted a ring, no read and no write of an older one finds its quorum
 * @param copy {@code max(R, N-W+1)}: among so many is one that holds a given write, and one that holds a given answer of a read
 */
public record QuorumNeeds(int barrier, int copy) {

    /** @param read,write the quorums of level eventual, 1..replicas */
    public static QuorumNeeds of(int replicas, int read, int write) {
        int majority = replicas / 2 + 1;
        QuorumNeeds quorum = plain(replicas, majority, majority);
        if (read + write <= replicas) {
            return quorum;
        }
        QuorumNeeds eventual = plain(replicas, read, write);
        return new QuorumNeeds(Math.max(quorum.barrier, eventual.barrier), Math.max(quorum.copy, eventual.copy));
    }

    /** The largest quorum that levels quorum and eventual ask for, of reads and of writes. @param read,write those of level eventual */
    public static int largest(int replicas, int read, int write) {
        return Math.max(replicas / 2 + 1, Math.max(read, write));
    }

    private static QuorumNeeds plain(int replicas, int read, int write) {
        return new QuorumNeeds(Math.max(replicas - read, replicas - write) + 1, Math.max(read, replicas - write + 1));
    }
}
