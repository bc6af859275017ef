package io.kvcluster.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The search of Wing and Gong with Lowe's memory of visited states ("Testing for linearizability", 2017), cut down by
 * what unique values allow. A state is the set of operations that have taken effect and what the register holds:
 * nothing, a live value (reads of it are still to come: nothing else may happen before them) or a spent value (which one
 * does not matter any more). Reads of what is held, and unread puts over a spent value, never hurt and are taken at
 * once; only the next write is a choice. Deletes of unknown outcome are interchangeable, so the earliest invoked is
 * used first, and only where it changes something.
 *
 * <p>Single use, one thread. Memory is bounded by the limit on states.
 */
final class RegisterSearch {
    enum Result {
        LINEARIZABLE,
        IMPOSSIBLE,
        LIMIT
    }

    private static final int NOTHING = -1;
    private static final int SPENT = -2;

    private enum Kind {
        PUT,
        DELETE,
        READ,
        ABSENT_READ
    }

    private record Step(Kind kind, long invoked, long end, int cluster) {}

    private record State(int low, BitSet above, int unknownDeletes, int held, int readsToCome) {}

    private final Step[] steps;
    private final int[] readsOf;
    private final long[] unknownDeletes;
    private final int stateLimit;
    private final Set<State> visited = new HashSet<>();

    RegisterSearch(Register register, int stateLimit) {
        this.stateLimit = stateLimit;
        this.readsOf = new int[register.clusters().size()];
        List<Step> all = new ArrayList<>();
        for (int i = 0; i < readsOf.length; i++) {
            Register.Cluster cluster = register.clusters().get(i);
            readsOf[i] = cluster.reads().size();
            all.add(new Step(Kind.PUT, cluster.put().invokedNanos(), cluster.effectBy(), i));
            for (Operation read : cluster.reads()) {
                all.add(new Step(Kind.READ, read.invokedNanos(), read.completedNanos(), i));
            }
        }
        for (Operation read : register.absentReads()) {
            all.add(new Step(Kind.ABSENT_READ, read.invokedNanos(), read.completedNanos(), NOTHING));
        }
        for (Operation delete : register.deletes()) {
            if (delete.isAcknowledgedWrite()) {
                all.add(new Step(Kind.DELETE, delete.invokedNanos(), delete.completedNanos(), NOTHING));
            }
        }
        this.unknownDeletes = register.deletes().stream()
                .filter(delete -> !delete.isAcknowledgedWrite())
                .mapToLong(Operation::invokedNanos)
                .sorted()
                .toArray();
        this.steps = all.stream()
                .sorted(Comparator.comparingLong(Step::invoked).thenComparingLong(Step::end))
                .toArray(Step[]::new);
    }

    Result run() {
        Deque<Cursor> open = new ArrayDeque<>();
        open.push(new Cursor(new BitSet(steps.length), 0, 0, NOTHING, 0));
        while (!open.isEmpty()) {
            Cursor cursor = open.pop();
            cursor.takeWhatNeverHurts();
            if (cursor.low == steps.length) {
                return Result.LINEARIZABLE;
            }
            if (cursor.held >= 0 || !visited.add(cursor.state())) {
                continue; // reads of the live value can never come, or been here before
            }
            if (visited.size() > stateLimit) {
                return Result.LIMIT;
            }
            cursor.branches().forEach(open::push);
        }
        return Result.IMPOSSIBLE;
    }

    /** One path of the search; owns its set. */
    private final class Cursor {
        private final BitSet done;
        private int low;
        private final int unknownDeletesUsed;
        private int held;
        private int readsToCome;
        /** Steps that may be next, by index, and the time by which one of them must have been. */
        private final List<Integer> candidates = new ArrayList<>();

        private long horizon;

        Cursor(BitSet done, int low, int unknownDeletesUsed, int held, int readsToCome) {
            this.done = done;
            this.low = low;
            this.unknownDeletesUsed = unknownDeletesUsed;
            this.held = held;
            this.readsToCome = readsToCome;
        }

        void takeWhatNeverHurts() {
            boolean progress = true;
            while (progress) {
                progress = false;
                findCandidates();
                for (int i : candidates) {
                    Step step = steps[i];
                    if (neverHurts(step)) {
                        done.set(i);
                        readsToCome -= step.kind == Kind.READ ? 1 : 0;
                        progress = true;
                    }
                }
                if (held >= 0 && readsToCome == 0) {
                    held = SPENT;
                    progress = true;
                }
            }
        }

        private boolean neverHurts(Step step) {
            return switch (step.kind) {
                case READ -> held >= 0 && step.cluster == held;
                case ABSENT_READ -> held == NOTHING;
                case PUT -> held == SPENT && readsOf[step.cluster] == 0;
                case DELETE -> false;
            };
        }

        private void findCandidates() {
            while (low < steps.length && done.get(low)) {
                low++;
            }
            candidates.clear();
            horizon = Long.MAX_VALUE;
            for (int i = low; i < steps.length && steps[i].invoked <= horizon; i++) {
                if (!done.get(i)) {
                    horizon = Math.min(horizon, steps[i].end);
                    candidates.add(i);
                }
            }
        }

        State state() {
            return new State(low, done.get(low, steps.length), unknownDeletesUsed, held, readsToCome);
        }

        /** The most promising last, so that it is popped first: the write that must be over soonest. */
        List<Cursor> branches() {
            List<Cursor> branches = new ArrayList<>();
            if (held == SPENT
                    && unknownDeletesUsed < unknownDeletes.length
                    && unknownDeletes[unknownDeletesUsed] <= horizon) {
                branches.add(new Cursor((BitSet) done.clone(), low, unknownDeletesUsed + 1, NOTHING, 0));
            }
            int[] writes = candidates.stream()
                    .filter(i -> steps[i].kind == Kind.PUT || steps[i].kind == Kind.DELETE)
                    .sorted(Comparator.comparingLong((Integer i) -> steps[i].end)
                            .reversed())
                    .mapToInt(Integer::intValue)
                    .toArray();
            Arrays.stream(writes).mapToObj(this::after).forEach(branches::add);
            return branches;
        }

        private Cursor after(int write) {
            BitSet next = (BitSet) done.clone();
            next.set(write);
            Step step = steps[write];
            int reads = step.kind == Kind.PUT ? readsOf[step.cluster] : 0;
            int holds = step.kind == Kind.DELETE ? NOTHING : reads == 0 ? SPENT : step.cluster;
            return new Cursor(next, low, unknownDeletesUsed, holds, reads);
        }
    }
}
