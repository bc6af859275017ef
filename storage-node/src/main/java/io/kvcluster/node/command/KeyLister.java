package io.kvcluster.node.command;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Names the keys that this node's replica of a partition durably holds: what exports page through. */
@FunctionalInterface
public interface KeyLister {
    /** Answers once, on any thread, possibly before it returns. */
    void list(Question question, Consumer<Answer> done);

    /**
     * One page.
     *
     * @param after the last key of the page before, empty for the first page
     * @param limit 1..{@link Limits#KEYS_PER_PAGE}
     */
    record Question(int partition, Optional<Key> after, int limit) {}

    /** A page, or why there is none. */
    sealed interface Answer {
        /**
         * @param keys in their order; also those whose value is deleted or expired
         * @param last no key follows
         */
        record Page(List<Key> keys, boolean last, long ringEpoch) implements Answer {
            public Page {
                keys = List.copyOf(keys);
            }
        }

        record Refused(Outcome.NotApplied why) implements Answer {}
    }
}
