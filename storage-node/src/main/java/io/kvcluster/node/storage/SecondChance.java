package io.kvcluster.node.storage;

/**
 * Which entry of a full cache goes next: those not used since they were last considered, oldest first (the CLOCK algorithm,
 * Corbató 1968), which is nearly the least recently used one. A hit sets a flag and moves nothing: no pointer between old
 * objects changes, so that hits cost the garbage collector no look at the cache.
 */
final class SecondChance<S extends SecondChance.Slot> {
    /** An entry of a cache is one of these, in one ring at most. */
    static class Slot {
        private Slot before = this;
        private Slot after = this;
        private boolean used;

        /** It was hit: it is spared once. */
        final void use() {
            used = true;
        }
    }

    private final Slot head = new Slot();
    private int size;

    void add(S slot) {
        Slot added = slot; // the links belong to the superclass
        added.before = head.before;
        added.after = head;
        head.before.after = added;
        head.before = added;
        size++;
    }

    void remove(S slot) {
        unlink(slot);
    }

    private void unlink(Slot slot) {
        size--;
        slot.before.after = slot.after;
        slot.after.before = slot.before;
        slot.before = slot;
        slot.after = slot;
    }

    /** Takes out the one that goes next. Never when empty. */
    @SuppressWarnings("unchecked") // only S enters
    S evict() {
        Invariant.check(size > 0, "only a cache that holds something gives something up");
        while (head.after.used) {
            S spared = (S) head.after;
            ((Slot) spared).used = false;
            unlink(spared);
            add(spared);
        }
        S evicted = (S) head.after;
        unlink(evicted);
        return evicted;
    }
}
