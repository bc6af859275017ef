package io.kvcluster.node.storage;

/**
 * How many hints are kept. Bytes are what they take in the log.
 *
 * @param targetHints for one store, and {@code targetBytes} likewise
 * @param totalHints for all stores together, and {@code totalBytes} likewise; about 150 bytes of heap each
 */
public record HintBounds(int targetHints, long targetBytes, int totalHints, long totalBytes) {
    /** A page of hints ends when its records take this much. */
    public static final int PAGE_BYTES = 1 << 20;

    /** The values of production. */
    public static final HintBounds USUAL = new HintBounds(100_000, 512L << 20, 200_000, 1L << 30);

    public HintBounds {
        StoreConfig.range("hints.targetHints", targetHints, 1, 10_000_000);
        StoreConfig.range("hints.targetBytes", targetBytes, 1, 1L << 40);
        StoreConfig.range("hints.totalHints", totalHints, 1, 10_000_000);
        StoreConfig.range("hints.totalBytes", totalBytes, 1, 1L << 40);
    }
}
