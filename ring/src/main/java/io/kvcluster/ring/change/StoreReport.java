package io.kvcluster.ring.change;

import java.util.List;

/**
 * What one store said of itself, the last time that it was heard. Only its own word counts, under its own id.
 *
 * @param storeId 16 lower-case hex digits
 * @param live heard just now; what a store said earlier stays true where it cannot be taken back, as the epoch
 * @param epoch of the ring that it uses, and keeps durably; 0 for none
 * @param suspectPartitions that do not answer
 * @param diskFreeBytes,logBytes as it told them
 * @param copies one for each partition that moves and that it holds, or is to hold, afterwards
 */
public record StoreReport(
        String storeId,
        int incarnation,
        boolean live,
        long epoch,
        int suspectPartitions,
        long diskFreeBytes,
        long logBytes,
        List<CopyProof> copies) {
    public StoreReport {
        copies = List.copyOf(copies);
    }
}
