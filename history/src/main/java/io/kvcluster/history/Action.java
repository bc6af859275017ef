package io.kvcluster.history;

import java.util.Objects;

/** What a client asked of one key. */
public sealed interface Action {
    record Get() implements Action {}

    /** A value must be put at most once per key; a retried put is one operation from its first try to its last. */
    record Put(String value) implements Action {
        public Put {
            Objects.requireNonNull(value, "value");
        }
    }

    record Delete() implements Action {}

    static Action get() {
        return new Get();
    }

    static Action put(String value) {
        return new Put(value);
    }

    static Action delete() {
        return new Delete();
    }
}
