package io.kvcluster.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Histories of a register that is atomic by construction: each operation has one instant at which it takes effect. */
final class RegisterTraffic {
    private final Random random;
    private long id;
    private long value;

    RegisterTraffic(Random random) {
        this.random = random;
    }

    private record Timed(long instant, Operation draft) {}

    /** @param clients each works through its operations one after the other; all on one key */
    List<Operation> onOneKey(String key, int clients, int operationsPerClient, double unknown, double deletes) {
        List<Timed> timed = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            long now = random.nextInt(20);
            for (int i = 0; i < operationsPerClient; i++) {
                long end = now + random.nextInt(20);
                long instant = now + random.nextLong(end - now + 1);
                Operation draft = draft("c" + client, key, now, end, unknown, deletes);
                boolean late = draft.outcome() instanceof Outcome.Unknown && random.nextBoolean();
                boolean never = draft.outcome() instanceof Outcome.Unknown && !late && random.nextBoolean();
                timed.add(new Timed(never ? Long.MAX_VALUE : late ? instant + random.nextInt(200) : instant, draft));
                now = end + 1 + random.nextInt(5);
            }
        }
        timed.sort(Comparator.comparingLong(Timed::instant));
        return answered(timed);
    }

    private Operation draft(String client, String key, long from, long to, double unknown, double deletes) {
        Outcome outcome = random.nextDouble() < unknown ? Outcome.unknown("TIMEOUT") : Outcome.applied();
        double kind = random.nextDouble();
        if (kind < deletes) {
            return new Operation(++id, client, key, Action.delete(), outcome, from, to);
        }
        if (kind < deletes + (1 - deletes) / 2) {
            return new Operation(++id, client, key, Action.put("v" + ++value), outcome, from, to);
        }
        return new Operation(++id, client, key, Action.get(), Outcome.absent(), from, to);
    }

    private static List<Operation> answered(List<Timed> timed) {
        Optional<String> held = Optional.empty();
        List<Operation> operations = new ArrayList<>();
        for (Timed one : timed) {
            Operation draft = one.draft;
            boolean never = one.instant == Long.MAX_VALUE;
            if (draft.action() instanceof Action.Get) {
                Outcome outcome = held.map(Outcome::found).orElseGet(Outcome::absent);
                operations.add(withOutcome(draft, outcome));
            } else {
                operations.add(draft);
                if (!never) {
                    held = draft.action() instanceof Action.Put(String put) ? Optional.of(put) : Optional.empty();
                }
            }
        }
        operations.sort(Comparator.comparingLong(Operation::invokedNanos));
        return operations;
    }

    static Operation withOutcome(Operation operation, Outcome outcome) {
        return new Operation(
                operation.id(),
                operation.client(),
                operation.key(),
                operation.action(),
                outcome,
                operation.invokedNanos(),
                operation.completedNanos());
    }
}
