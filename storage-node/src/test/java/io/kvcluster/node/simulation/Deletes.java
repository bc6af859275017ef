package io.kvcluster.node.simulation;

import java.util.List;

/** Reads of one key in the order of versions, where absence is a version too. */
final class Deletes {
    private final List<SimOperation> operations;

    Deletes(List<SimOperation> operations) {
        this.operations = operations;
    }

    /** The greatest version that a read may have seen. */
    long seenBy(SimOperation read) {
        return read.newestVersion() > 0 ? read.newestVersion() : newestDelete(read);
    }

    /** The greatest version that a delete seen as absence may have; unbounded when the outcome of one is not known. */
    private long newestDelete(SimOperation read) {
        long newest = 0;
        for (SimOperation delete : operations) {
            if (delete.isDelete() && delete.mayHaveHappened() && delete.invoked < read.completed) {
                newest = Math.max(newest, delete.acknowledged() ? delete.version() : Long.MAX_VALUE);
            }
        }
        return newest;
    }
}
