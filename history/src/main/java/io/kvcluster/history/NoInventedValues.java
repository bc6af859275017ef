package io.kvcluster.history;

import java.util.ArrayList;
import java.util.List;

/** A read returns only what some client put before, and never what was refused. Holds at every level. */
public final class NoInventedValues implements HistoryCheck {
    @Override
    public String name() {
        return "no invented value";
    }

    @Override
    public Verdict check(History history) {
        List<Violation> violations = new ArrayList<>();
        history.byKey()
                .forEach((key, operations) ->
                        violations.addAll(Register.of(key, operations).unexplained()));
        return Verdict.of(history, violations);
    }
}
