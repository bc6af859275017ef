package io.kvcluster.history;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * The zone test of Gibbons and Korach ("Testing shared memories", SIAM J. Comput. 1997) for registers with unique
 * values. A cluster whose operations cannot share one instant holds the register for its forward zone; two forward
 * zones must not overlap, and whatever is too short to leave a zone must not lie inside one. O(n log n). Complete
 * without deletes; with deletes a violation is still a violation, but its absence needs {@link RegisterSearch}.
 */
final class Zones {
    private final Register register;
    private final Register.Cluster[] forward;

    private Zones(Register register) {
        this.register = register;
        this.forward = register.clusters().stream()
                .filter(Register.Cluster::isForward)
                .sorted(Comparator.comparingLong(Register.Cluster::heldFrom))
                .toArray(Register.Cluster[]::new);
    }

    static Optional<Violation> violation(Register register) {
        return new Zones(register).find();
    }

    private Optional<Violation> find() {
        for (int i = 1; i < forward.length; i++) {
            if (forward[i].heldFrom() < forward[i - 1].heldTo()) {
                return Optional.of(clash(forward[i - 1], forward[i]));
            }
        }
        for (Register.Cluster cluster : register.clusters()) {
            if (!cluster.isForward()) {
                Optional<Register.Cluster> holder = holder(cluster.heldTo(), cluster.heldFrom());
                if (holder.isPresent()) {
                    return Optional.of(clash(holder.get(), cluster));
                }
            }
        }
        for (Operation delete : register.deletes()) {
            Optional<Register.Cluster> holder = holder(delete.invokedNanos(), delete.effectBy());
            if (holder.isPresent()) {
                return Optional.of(interrupted(holder.get(), delete, Anomaly.RESURRECTED_DELETE, "was deleted"));
            }
        }
        for (Operation read : register.absentReads()) {
            Optional<Register.Cluster> holder = holder(read.invokedNanos(), read.completedNanos());
            if (holder.isPresent()) {
                return Optional.of(interrupted(holder.get(), read, Anomaly.NON_MONOTONIC_READ, "was not found"));
            }
        }
        return register.deletes().isEmpty() ? foundNothingWithoutDelete() : Optional.empty();
    }

    /** The cluster whose forward zone has [from, to] strictly inside it. */
    private Optional<Register.Cluster> holder(long from, long to) {
        int low = 0;
        int high = forward.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (forward[middle].heldFrom() < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && to < forward[low - 1].heldTo() ? Optional.of(forward[low - 1]) : Optional.empty();
    }

    private Optional<Violation> foundNothingWithoutDelete() {
        Optional<Register.Cluster> earliest =
                register.clusters().stream().min(Comparator.comparingLong(Register.Cluster::heldFrom));
        Optional<Operation> latest =
                register.absentReads().stream().max(Comparator.comparingLong(Operation::invokedNanos));
        if (earliest.isEmpty() || latest.isEmpty()) {
            return Optional.empty();
        }
        Operation read = latest.get();
        Register.Cluster cluster = earliest.get();
        if (cluster.heldFrom() >= read.invokedNanos()) {
            return Optional.empty();
        }
        return Optional.of(Violation.of(
                Anomaly.LOST_WRITE,
                "read found nothing although " + cluster.value() + " was there before it began, and nobody deletes",
                read,
                cluster.put(),
                cluster.first()));
    }

    private static Violation interrupted(Register.Cluster holder, Operation inside, Anomaly anomaly, String what) {
        return Violation.of(
                anomaly,
                "value " + holder.value() + " was there, then " + what + ", then was read again",
                inside,
                holder.put(),
                holder.first(),
                holder.last());
    }

    /** Each of the two values was seen, or acknowledged, before an operation on the other began. */
    private static Violation clash(Register.Cluster a, Register.Cluster b) {
        if (b.put().precedes(a.put())) {
            return clash(b, a);
        }
        Operation[] involved = {a.put(), b.put(), a.first(), a.last(), b.first(), b.last()};
        if (a.put().precedes(b.put())) {
            Operation[] stale = {a.put(), b.put(), b.first(), a.last()};
            boolean onlyReadsKnow = !b.first().equals(b.put());
            return onlyReadsKnow
                    ? Violation.of(
                            Anomaly.NON_MONOTONIC_READ,
                            "read returned " + a.value() + " after a read had returned the newer " + b.value(),
                            stale)
                    : Violation.of(
                            Anomaly.STALE_READ,
                            "read returned " + a.value() + " although the newer " + b.value()
                                    + " was acknowledged before the read began",
                            stale);
        }
        boolean reads = Arrays.stream(involved).anyMatch(Operation::isAnsweredRead);
        return Violation.of(
                reads && !a.first().equals(a.put()) && !b.first().equals(b.put())
                        ? Anomaly.NON_MONOTONIC_READ
                        : Anomaly.SPLIT_VALUE,
                "each of " + a.value() + " and " + b.value()
                        + " was there before an operation that saw the other began",
                involved);
    }
}
