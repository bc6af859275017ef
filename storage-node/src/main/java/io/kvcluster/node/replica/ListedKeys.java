package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.storage.RecordStore;
import java.util.ArrayList;
import java.util.List;

/** A page of a partition's keys, or why there is none. */
public sealed interface ListedKeys {
    /** @param last no key follows */
    record Page(List<Key> keys, boolean last) implements ListedKeys {
        public Page {
            keys = List.copyOf(keys);
        }
    }

    record Refused(Refusal why) implements ListedKeys {}

    /** Cut where the keys' bytes reach the bound; one key is always there. */
    static Page of(RecordStore.Scan.Page page) {
        List<Key> keys = new ArrayList<>(page.rows().size());
        long bytes = 0;
        for (RecordStore.Row row : page.rows()) {
            bytes += row.key().bytes().length;
            if (bytes > Limits.KEYS_PER_PAGE_BYTES && !keys.isEmpty()) {
                return new Page(keys, false);
            }
            keys.add(row.key());
        }
        return new Page(keys, page.last());
    }
}
