package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordStore.Row;
import io.kvcluster.node.storage.RecordStore.Scan;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.RecordMeta;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a partition, built from the index in slices and kept up to date from then on. While it grows, changes of keys
 * that the scan has passed are added; those of keys ahead will be met by it.
 */
final class PartitionTree {
    private final int partition;
    private final RecordStore store;
    private final int leaves;
    private MerkleTree tree;
    private @Nullable Key passed;
    private boolean ready;
    private long tombstones;

    PartitionTree(int partition, RecordStore store, int leaves) {
        this.partition = partition;
        this.store = store;
        this.leaves = leaves;
        this.tree = new MerkleTree(2);
    }

    boolean ready() {
        return ready;
    }

    boolean growing() {
        return !ready && passed != null;
    }

    MerkleTree tree() {
        return tree;
    }

    /** Keys of which nothing but tombstones is held, or may expire: what a collection could find. 0 until ready. */
    long tombstones() {
        return ready ? tombstones : 0;
    }

    /** Starts again from nothing, because the contents changed otherwise than by single keys. */
    void reset() {
        ready = false;
        passed = null;
        tombstones = 0;
        tree = new MerkleTree(2);
    }

    /** Looks at up to {@code rows} keys more. True when the tree holds all. */
    boolean grow(int rows) {
        if (ready) {
            return true;
        }
        if (passed == null) {
            tree = new MerkleTree(leaves);
            tombstones = 0;
        }
        switch (store.scan(partition, Optional.ofNullable(passed), rows)) {
            case Scan.CannotSay _ -> reset();
            case Scan.Page page -> {
                for (Row row : page.rows()) {
                    RecordMeta meta = RecordCodec.decodeMeta(row.meta());
                    tree.replace(row.key().bytes(), 0, meta.digest());
                    tombstones += Collectable.mayBecome(meta) ? 1 : 0;
                    passed = row.key();
                }
                ready = page.last();
            }
        }
        return ready;
    }

    /** The key's durable record is another one now; null for none. */
    void replaced(Key key, @Nullable RecordMeta before, @Nullable RecordMeta after) {
        if (!ready && (passed == null || key.compareTo(passed) > 0)) {
            return;
        }
        tree.replace(key.bytes(), before == null ? 0 : before.digest(), after == null ? 0 : after.digest());
        tombstones += (after != null && Collectable.mayBecome(after) ? 1 : 0)
                - (before != null && Collectable.mayBecome(before) ? 1 : 0);
    }
}
