package io.kvcluster.e2e.scenario;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.Operation;
import org.jspecify.annotations.Nullable;

/** Of all operations that the status told of while it was looked at, the one with the most to copy. */
final class LargestOperation {
    private volatile @Nullable Operation largest;

    void look(KvClusterStatus status) {
        Operation now = status.operation();
        Operation before = largest;
        if (now != null && (before == null || now.bytesTotal() > before.bytesTotal())) {
            largest = now;
        }
    }

    /** 0 when none was seen. */
    int copies() {
        Operation seen = largest;
        return seen == null ? 0 : seen.copiesTotal();
    }

    /** About; 0 when none was seen. */
    long bytes() {
        Operation seen = largest;
        return seen == null ? 0 : seen.bytesTotal();
    }
}
