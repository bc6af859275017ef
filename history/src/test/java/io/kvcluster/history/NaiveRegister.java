package io.kvcluster.history;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The definition of linearizability of one register, tried out order by order. For a dozen operations. */
final class NaiveRegister {
    private final List<Operation> operations;
    private final Set<State> visited = new HashSet<>();

    private record State(long done, Optional<String> value) {}

    private NaiveRegister(List<Operation> operations) {
        this.operations = operations;
    }

    static boolean isLinearizable(List<Operation> operations) {
        List<Operation> judged = operations.stream()
                .filter(operation -> operation.isAnsweredRead() || (operation.isWrite() && !operation.wasNotApplied()))
                .toList();
        return new NaiveRegister(judged).canFinish(new State(0, Optional.empty()));
    }

    private boolean canFinish(State state) {
        if (!visited.add(state)) {
            return false;
        }
        boolean finished = true;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if ((state.done >> i & 1) == 1) {
                continue;
            }
            finished &= operation.outcome() instanceof Outcome.Unknown;
            if (mayBeNext(operation, state) && explains(operation, state)) {
                if (canFinish(new State(state.done | 1L << i, after(operation, state)))) {
                    return true;
                }
            }
        }
        return finished;
    }

    private boolean mayBeNext(Operation operation, State state) {
        for (int i = 0; i < operations.size(); i++) {
            if ((state.done >> i & 1) == 0 && operations.get(i).precedes(operation)) {
                return false;
            }
        }
        return true;
    }

    private static boolean explains(Operation operation, State state) {
        return switch (operation.outcome()) {
            case Outcome.Found(String value) -> state.value.equals(Optional.of(value));
            case Outcome.Absent _ -> state.value.isEmpty();
            case Outcome.Applied _, Outcome.NotApplied _, Outcome.Unknown _ -> true;
        };
    }

    private static Optional<String> after(Operation operation, State state) {
        return switch (operation.action()) {
            case Action.Get _ -> state.value;
            case Action.Put(String value) -> Optional.of(value);
            case Action.Delete _ -> Optional.empty();
        };
    }
}
