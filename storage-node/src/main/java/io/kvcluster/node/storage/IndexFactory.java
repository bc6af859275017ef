package io.kvcluster.node.storage;

import io.kvcluster.node.seams.FileDisk;
import java.util.Set;

/** Makes the indexes of a store. File names are those of the store's disk. */
public interface IndexFactory {
    /**
     * In files that outlive the process.
     *
     * @param heapBytes what the entries in use of one index, that is of one core loop, may take of the heap
     */
    static IndexFactory mapDb(FileDisk disk, long heapBytes) {
        return new MapDbIndex.Factory(disk, CachedIndex.Bounds.of(heapBytes));
    }

    /** On the heap: rebuilt at each start. For the simulation, and as the naive twin. */
    static IndexFactory heap() {
        return new HeapIndex.Factory();
    }

    /** True when {@link #open} can find what a process before this one wrote. */
    boolean outlivesTheProcess();

    /** An empty one. The file does not exist. */
    Index create(String file);

    /** One that was closed in order, with these partitions. May throw anything, or never return, when the file is damaged. */
    Index open(String file, Set<Integer> partitions);
}
