package io.kvcluster.node.storage;

import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.util.ArrayList;
import java.util.List;

/** The log up to a moment: what a rebuild of the index reads. {@code active} is bounded by what was written at that moment. */
record LogView(List<Sealed> sealed, Sealed active) {
    LogView {
        sealed = List.copyOf(sealed);
    }

    /** In the order of the log. */
    List<Sealed> all() {
        List<Sealed> all = new ArrayList<>(sealed);
        all.add(active);
        return all;
    }
}
