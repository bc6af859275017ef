package io.kvcluster.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a session that wait for their answers, by id: slot in the lower half, a number that grows in the upper, so
 * that an answer that comes too late finds a slot whose number has changed. Grows with what is asked, which the client bounds.
 * One thread.
 */
final class AskedTable {
    private @Nullable Asked[] slots = new @Nullable Asked[64];
    private int[] numbers = new int[64];
    private int[] free = new int[64];
    private int freeCount;
    private int highest;
    private int number;

    /** Its id, never 0. */
    long add(Asked asked) {
        int slot = freeCount > 0 ? free[--freeCount] : newSlot();
        number = number == Integer.MAX_VALUE ? 1 : number + 1;
        slots[slot] = asked;
        numbers[slot] = number;
        return ((long) number << Integer.SIZE) | slot;
    }

    private int newSlot() {
        if (highest == slots.length) {
            slots = Arrays.copyOf(slots, 2 * highest);
            numbers = Arrays.copyOf(numbers, 2 * highest);
            free = Arrays.copyOf(free, 2 * highest);
        }
        return highest++;
    }

    @Nullable Asked remove(long id) {
        int slot = (int) id;
        if (slot < 0 || slot >= highest || numbers[slot] != (int) (id >>> Integer.SIZE)) {
            return null;
        }
        return take(slot);
    }

    private @Nullable Asked take(int slot) {
        Asked asked = slots[slot];
        if (asked != null) {
            slots[slot] = null;
            free[freeCount++] = slot;
        }
        return asked;
    }

    boolean isEmpty() {
        return freeCount == highest;
    }

    void removeDue(long now, Consumer<Asked> each) {
        removeIf(asked -> asked.deadline - now <= 0, each);
    }

    void removeAll(Consumer<Asked> each) {
        removeIf(asked -> true, each);
    }

    /** First all are taken out, then told: who hears may ask again. */
    private void removeIf(Predicate<Asked> which, Consumer<Asked> each) {
        List<Asked> taken = new ArrayList<>();
        for (int slot = 0; slot < highest; slot++) {
            Asked asked = slots[slot];
            if (asked != null && which.test(asked)) {
                slots[slot] = null;
                free[freeCount++] = slot;
                taken.add(asked);
            }
        }
        taken.forEach(each);
    }
}
