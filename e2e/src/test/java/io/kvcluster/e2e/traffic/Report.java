package io.kvcluster.e2e.traffic;

import io.kvcluster.history.History;
import io.kvcluster.history.Operation;
import io.kvcluster.history.Outcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Questions asked of a history afterwards. */
public record Report(History history) {
    public List<Operation> operations() {
        return history.operations();
    }

    public long acknowledged() {
        return operations().stream().filter(Report::isAcknowledged).count();
    }

    public long unknown() {
        return operations().stream().filter(Report::isUnknown).count();
    }

    public double unknownShare() {
        return (double) unknown() / Math.max(1, operations().size());
    }

    /** Neither acknowledged nor answered. */
    public List<Operation> failures() {
        return where(operation -> !isAcknowledged(operation));
    }

    /** Failed although they began after the fault was made: for those in flight there is an excuse, for these there is none. */
    public List<Operation> failuresBegunAfter(Fault fault) {
        return where(operation -> !isAcknowledged(operation) && operation.invokedNanos() > fault.toNanos());
    }

    public List<Operation> failuresBegunBefore(Fault fault) {
        return where(operation -> !isAcknowledged(operation) && operation.invokedNanos() < fault.fromNanos());
    }

    public List<Operation> unknownOutside(List<Fault> faults, Duration after) {
        return where(operation -> isUnknown(operation)
                && faults.stream().noneMatch(fault -> fault.covers(operation.completedNanos(), after)));
    }

    /** From the end of the making of the fault to that of the first acknowledged operation that began after it. */
    public Duration firstSuccessAfter(Fault fault) {
        return operations().stream()
                .filter(operation -> isAcknowledged(operation) && operation.invokedNanos() > fault.toNanos())
                .min(Comparator.comparingLong(Operation::completedNanos))
                .map(operation -> Duration.ofNanos(operation.completedNanos() - fault.toNanos()))
                .orElse(Duration.ofDays(1));
    }

    /** The longest that any one client went without an acknowledgement. */
    public Duration longestGap() {
        long longest = 0;
        for (String client :
                operations().stream().map(Operation::client).distinct().toList()) {
            List<Operation> own = where(operation -> operation.client().equals(client) && isAcknowledged(operation));
            for (int i = 1; i < own.size(); i++) {
                longest = Math.max(
                        longest, own.get(i).completedNanos() - own.get(i - 1).completedNanos());
            }
        }
        return Duration.ofNanos(longest);
    }

    /** Acknowledged operations a second, in the time that no fault covers. */
    public double rateOutside(List<Fault> faults, Duration after) {
        if (operations().isEmpty()) {
            return 0;
        }
        long from = operations().getFirst().invokedNanos();
        long to =
                operations().stream().mapToLong(Operation::completedNanos).max().orElse(from);
        long second = Duration.ofSeconds(1).toNanos();
        long seconds = 0;
        long count = 0;
        for (long start = from; start + second <= to; start += second) {
            long begin = start;
            boolean quiet = faults.stream()
                    .noneMatch(fault -> fault.covers(begin, after)
                            || fault.covers(begin + second, after)
                            || (fault.fromNanos() >= begin && fault.fromNanos() <= begin + second));
            if (quiet) {
                seconds++;
                count += operations().stream()
                        .filter(operation -> isAcknowledged(operation)
                                && operation.completedNanos() >= begin
                                && operation.completedNanos() < begin + second)
                        .count();
            }
        }
        return seconds == 0 ? 0 : (double) count / seconds;
    }

    public long percentileMicros(double percent) {
        long[] sorted = operations().stream()
                .filter(Report::isAcknowledged)
                .mapToLong(operation -> operation.completedNanos() - operation.invokedNanos())
                .sorted()
                .toArray();
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * percent / 100))] / 1000;
    }

    private static boolean isAcknowledged(Operation operation) {
        return isAcknowledged(operation.outcome());
    }

    static boolean isAcknowledged(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Found _, Outcome.Absent _, Outcome.Applied _ -> true;
            case Outcome.NotApplied _, Outcome.Unknown _ -> false;
        };
    }

    private static boolean isUnknown(Operation operation) {
        return operation.outcome() instanceof Outcome.Unknown;
    }

    private List<Operation> where(Predicate<Operation> condition) {
        return operations().stream().filter(condition).toList();
    }
}
