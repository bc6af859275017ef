package io.kvcluster.ring.placement;

/**
 * A member that may hold partitions.
 *
 * @param index the member's index in the ring, from 0
 * @param zone its fault domain; members without one share the zone ""
 * @param weight its share relative to others of its zone, 1..{@value #MAX_WEIGHT}
 */
public record Candidate(int index, String zone, int weight) {
    public static final int MAX_WEIGHT = 1_000;
}
