package io.kvcluster.node.peer;

/**
 * A peer as this node sees it now.
 *
 * @param up a frame was heard within suspectAfter
 * @param sinceMillis wall clock, of {@code up}
 * @param lastHeardMillis wall clock; 0: never
 * @param address where it is reached now; empty: not linked
 * @param ringEpoch as it last said; 0: none, or never heard
 * @param ready it serves clients, as it last said
 * @param trouble why there is no link, a sentence; empty when there is one
 */
public record PeerReport(
        String storeId,
        String name,
        boolean up,
        long sinceMillis,
        long lastHeardMillis,
        String address,
        long ringEpoch,
        boolean ready,
        String trouble) {}
