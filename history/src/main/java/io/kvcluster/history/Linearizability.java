package io.kvcluster.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every key is an atomic register with get, put and delete, empty at first: there is one order of the operations that
 * keeps real time and explains every answer. Keys are independent (locality), so each is judged alone. A write of
 * unknown outcome may come at any place after its invocation or nowhere; one not applied comes nowhere; a read without
 * an answer says nothing.
 */
public final class Linearizability implements HistoryCheck {
    static final int DEFAULT_STATE_LIMIT = 1_000_000;

    private final int stateLimit;

    public Linearizability() {
        this(DEFAULT_STATE_LIMIT);
    }

    /** @param stateLimit how many states of one key the search visits before it answers Undecided; about 200 bytes each */
    public Linearizability(int stateLimit) {
        this.stateLimit = stateLimit;
    }

    @Override
    public String name() {
        return "linearizable";
    }

    @Override
    public Verdict check(History history) {
        List<Violation> violations = new ArrayList<>();
        List<String> undecided = new ArrayList<>();
        for (Map.Entry<String, List<Operation>> entry : history.byKey().entrySet()) {
            Register register = Register.of(entry.getKey(), entry.getValue());
            Optional<Violation> plain = plainViolation(register);
            if (plain.isPresent()) {
                violations.add(plain.get());
            } else if (!register.deletes().isEmpty()) {
                switch (new RegisterSearch(register, stateLimit).run()) {
                    case LINEARIZABLE -> {}
                    case LIMIT -> undecided.add(entry.getKey());
                    case IMPOSSIBLE -> violations.add(Explanation.of(entry.getKey(), entry.getValue(), stateLimit));
                }
            }
        }
        if (violations.isEmpty() && !undecided.isEmpty()) {
            return new Verdict.Undecided(
                    undecided, "the search for an order visited " + stateLimit + " states without an answer");
        }
        return Verdict.of(history, violations);
    }

    private static Optional<Violation> plainViolation(Register register) {
        return register.unexplained().isEmpty()
                ? Zones.violation(register)
                : Optional.of(register.unexplained().getFirst());
    }

    /** Certainly impossible; false also when the search gave up. */
    static boolean impossible(String key, List<Operation> operations, int stateLimit) {
        Register register = Register.of(key, operations);
        return plainViolation(register).isPresent()
                || (!register.deletes().isEmpty()
                        && new RegisterSearch(register, stateLimit).run() == RegisterSearch.Result.IMPOSSIBLE);
    }
}
