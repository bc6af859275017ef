package io.kvcluster.node.replica;

import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.RecordMeta;
import io.kvcluster.node.version.SiblingMeta;

/** Which records say no more than that something is gone, and may be forgotten (design "Deletes"). Pure. */
final class Collectable {
    private Collectable() {}

    /** Nothing but tombstones and versions that expire: some watermark will cover it. */
    static boolean mayBecome(RecordMeta meta) {
        for (SiblingMeta sibling : meta.siblings()) {
            if (!sibling.tombstone() && sibling.expiryMillis() == 0) {
                return false;
            }
        }
        return true;
    }

    /** Its newest version is a tombstone or expires. */
    static boolean newest(RecordMeta meta) {
        SiblingMeta newest = null;
        for (SiblingMeta sibling : meta.siblings()) {
            if (newest == null || sibling.dot().compareTo(newest.dot()) > 0) {
                newest = sibling;
            }
        }
        return newest != null && (newest.tombstone() || newest.expiryMillis() != 0);
    }

    /** All that it says lies at or below the watermark, and so do the expiries. */
    static boolean at(RecordMeta meta, long watermark) {
        if (meta.greatestHlc() > watermark) {
            return false;
        }
        for (SiblingMeta sibling : meta.siblings()) {
            boolean expired = sibling.expiryMillis() != 0 && sibling.expiryMillis() <= Hlc.millis(watermark);
            if (!sibling.tombstone() && !expired) {
                return false;
            }
        }
        return true;
    }
}
