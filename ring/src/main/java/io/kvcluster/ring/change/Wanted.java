package io.kvcluster.ring.change;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the ring is to become. Absence says nothing: a member stays unless it is named here.
 *
 * @param join stores that told their id; those that the ring names already are skipped
 * @param leave store ids that are to hold nothing. A member that was leaving and is not named stays
 * @param replace store ids that are given up, with whether the disk is known to be gone: {@code true} only when nothing can
 *     speak for that store any more. One that is not named and whose disk is not gone stays
 * @param drained proofs of stores in {@code leave} whose pod may go, or went: they leave the ring
 * @param replicationFactor copies of each key, 1..7
 * @param read,write quorums of level eventual, 1..replicationFactor
 */
public record Wanted(
        List<RingChange.NewMember> join,
        Set<String> leave,
        Map<String, Boolean> replace,
        List<DrainProof> drained,
        int replicationFactor,
        int read,
        int write) {
    public Wanted {
        join = List.copyOf(join);
        leave = java.util.Collections.unmodifiableSet(new TreeSet<>(leave));
        replace = java.util.Collections.unmodifiableMap(new TreeMap<>(replace));
        drained = List.copyOf(drained);
    }

    /** The members stay as they are. */
    public static Wanted of(int replicationFactor, int read, int write) {
        return new Wanted(List.of(), Set.of(), Map.of(), List.of(), replicationFactor, read, write);
    }

    public Wanted joining(Collection<RingChange.NewMember> more) {
        return new Wanted(List.copyOf(more), leave, replace, drained, replicationFactor, read, write);
    }

    public Wanted leaving(Set<String> storeIds) {
        return new Wanted(join, storeIds, replace, drained, replicationFactor, read, write);
    }

    public Wanted replacing(Map<String, Boolean> storeIds) {
        return new Wanted(join, leave, storeIds, drained, replicationFactor, read, write);
    }

    public Wanted drained(List<DrainProof> proofs) {
        return new Wanted(join, leave, replace, proofs, replicationFactor, read, write);
    }
}
