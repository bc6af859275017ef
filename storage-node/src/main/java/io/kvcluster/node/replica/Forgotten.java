package io.kvcluster.node.replica;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.Dot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys of which this actor gave up a version that it stamped itself, and the greatest such dot (ADR 18). The context of its next
 * stamp on the key would cover that dot wherever it still is, a hint for instance; so it stamps nothing there until somebody gives
 * the dot back, or until its next life, which is another actor.
 */
final class Forgotten {
    static final int MAX_KEYS = 1_024;

    private final Actor self;
    private final Map<Key, Dot> keys = new HashMap<>();

    Forgotten(Actor self) {
        this.self = self;
    }

    boolean has(Key key) {
        return keys.containsKey(key);
    }

    boolean isFull() {
        return keys.size() >= MAX_KEYS;
    }

    /** True when some of it is of this actor. */
    boolean add(Key key, List<Dot> lost) {
        for (Dot dot : lost) {
            if (dot.actor().equals(self)) {
                keys.merge(key, dot, (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
        return keys.containsKey(key);
    }

    /** What was to be given up is not. */
    void remove(Key key) {
        keys.remove(key);
    }

    /** A record of the key is durable. */
    void seen(Key key, Context context) {
        Dot lost = keys.get(key);
        if (lost != null && context.covers(lost)) {
            keys.remove(key);
        }
    }
}
