package io.kvcluster.ring.change;

import java.util.List;

/**
 * What a store says of its copy of a moving partition.
 *
 * @param copyEpoch names the move that it was made for
 * @param complete all of it is durable, and the partition answers
 * @param exchanged unsuspected stores with which an exchange was completed, under a ring of at least {@code copyEpoch}
 * @param met the same, and suspect ones
 */
public record CopyProof(int partition, long copyEpoch, boolean complete, List<String> exchanged, List<String> met) {
    public CopyProof {
        exchanged = List.copyOf(exchanged);
        met = List.copyOf(met);
    }
}
