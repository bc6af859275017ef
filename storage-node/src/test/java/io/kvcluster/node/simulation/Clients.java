package io.kvcluster.node.simulation;

import io.kvcluster.history.Action;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Clients that run one random operation after the other, on keys of the kinds that the policy allows ({@link KeyKind}). */
final class Clients {
    /** Reads every key when all is over. */
    static final String LAST = "last";

    private static final long MILLIS = 1_000_000;
    private static final int LARGE = 4_500;
    /** One of so many writes of registers is looked at while it is under way, so often. */
    private static final int LOOKED_AT = 2;

    private static final int LOOKS = 5;
    private static final int LOOK_MILLIS = 10;
    private static final int WATCHES = 50;
    private static final int WATCH_MILLIS = 10;
    private static final byte[] NO_CONTEXT = {};
    private static final int[] TTL_MILLIS = {20, 60, 200, 400, 6_000};

    private final SimCluster cluster;
    private final RandomGenerator random;
    private final List<String> keys;
    private final Map<String, byte[]> contexts = new HashMap<>();
    final List<SimOperation> operations = new ArrayList<>();
    private int values;
    private int done;
    private long ids;

    Clients(SimCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.world.newRandom("clients");
        List<String> all = new ArrayList<>(KeyKind.keysUnder(cluster.plan.policy()));
        Collections.rotate(all, random.nextInt(all.size()));
        this.keys = List.copyOf(all.subList(0, Math.min(all.size(), cluster.plan.keys())));
    }

    List<String> keys() {
        return keys;
    }

    void start() {
        for (int i = 0; i < cluster.plan.clients(); i++) {
            String client = "client-" + i;
            cluster.world.at(
                    (random.nextInt(10) == 0 ? 0 : 350 + random.nextInt(50)) * MILLIS,
                    () -> next(client, cluster.plan.operationsPerClient()));
        }
    }

    boolean finished() {
        return done == cluster.plan.clients();
    }

    private void next(String client, int left) {
        if (left == 0) {
            done++;
            return;
        }
        String key = keys.get(random.nextInt(keys.size()));
        KeyKind kind = KeyKind.of(key);
        SimOperation operation = new SimOperation(++ids, client, request(client, key, kind), cluster.world.nanos());
        if (kind == KeyKind.REGISTER && isWrite(operation) && random.nextInt(LOOKED_AT) == 0) {
            look(key, LOOKS);
        }
        submit(operation, cluster.anyMachine(), 150 + random.nextInt(500), () -> {
            if (operation.outcome instanceof Outcome.Read read) {
                contexts.put(client + key, read.contextToken());
            }
            cluster.world.at(random.nextInt(cluster.plan.thinkMillis()) * MILLIS, () -> next(client, left - 1));
        });
    }

    private static boolean isWrite(SimOperation operation) {
        return !(operation.action instanceof Action.Get);
    }

    /** While a write is under way: what one read showed the next must not miss, whoever is asked. */
    private void look(String key, int left) {
        cluster.world.at(random.nextInt(LOOK_MILLIS) * MILLIS, () -> {
            SimOperation read = new SimOperation(++ids, "looker", quorum(key, Action.get()), cluster.world.nanos());
            submit(read, cluster.anyMachine(), 100, () -> {
                if (left > 1) {
                    look(key, left - 1);
                }
            });
        });
    }

    private SimOperation.Request request(String client, String key, KeyKind kind) {
        Action action = action(kind);
        boolean expires = kind == KeyKind.EXPIRING && action instanceof Action.Put && random.nextInt(3) > 0;
        byte[] context = kind == KeyKind.SIBLINGS && random.nextInt(3) > 0
                ? contexts.getOrDefault(client + key, NO_CONTEXT)
                : NO_CONTEXT;
        return new SimOperation.Request(
                key,
                action,
                kind.level(random.nextInt(10)),
                context,
                expires ? TTL_MILLIS[random.nextInt(TTL_MILLIS.length)] : 0);
    }

    private Action action(KeyKind kind) {
        int dice = random.nextInt(20);
        if (dice < 9) {
            return Action.get();
        }
        return dice < 17 || kind == KeyKind.SET ? Action.put("v" + values++) : Action.delete();
    }

    /** Notes it, sends it, and goes on when it is answered or, at the latest, a little after its deadline. */
    private void submit(SimOperation operation, SimMachine machine, int budgetMillis, Runnable then) {
        operations.add(operation);
        cluster.trace.say(operation.client, () -> operation.asked() + " of " + machine.name);
        cluster.reachedIf(cluster.isUnderMixedPolicies(), Mark.STARTED_UNDER_MIXED_POLICIES);
        boolean[] ended = new boolean[1];
        Command command = command(operation, machine.clock.nanos() + budgetMillis * MILLIS);
        cluster.world.at(
                latency(),
                () -> machine.submit(
                        command, outcome -> cluster.world.at(latency(), () -> end(operation, outcome, ended, then))));
        cluster.world.at(
                (budgetMillis + 100) * MILLIS,
                () -> end(operation, new Outcome.Unknown(Reason.PEER_LOST, "no answer"), ended, then));
    }

    private void end(SimOperation operation, Outcome outcome, boolean[] ended, Runnable then) {
        if (ended[0]) {
            return;
        }
        ended[0] = true;
        operation.outcome = outcome;
        operation.completed = cluster.world.nanos();
        cluster.trace.say(operation.client, () -> "#" + operation.id + " " + operation.heard());
        note(operation, outcome);
        then.run();
    }

    private long latency() {
        return 20_000 + random.nextInt(300_000);
    }

    private Command command(SimOperation operation, long deadline) {
        Key key = Key.of(operation.key);
        return switch (operation.action) {
            case Action.Get _ -> new Command.Get(key, operation.level, deadline, "", false);
            case Action.Put _ ->
                new Command.Put(
                        key,
                        bytes(operation),
                        operation.context,
                        operation.ttlMillis,
                        operation.level,
                        deadline,
                        "",
                        false);
            case Action.Delete _ -> new Command.Delete(key, operation.context, operation.level, deadline, "", false);
        };
    }

    /** Some are so large that reads ask for digests; few where many may stand side by side, for a segment must hold them all. */
    private byte[] bytes(SimOperation put) {
        boolean large = switch (cluster.plan.policy()) {
            case LAST_WRITER_WINS -> put.id % 23 == 0;
            case SIBLINGS, CHANGING -> put.id % 97 == 0;
            case CUSTOM -> false;
        };
        return (large ? put.value() + " " + "x".repeat(LARGE) : put.value()).getBytes(StandardCharsets.UTF_8);
    }

    /** Writes and reads, while it is up, what level local promises on this machine alone: as its power goes, and when it is back. */
    void watch(SimMachine machine) {
        for (String key : keys) {
            if (KeyKind.of(key) == KeyKind.ANY) {
                for (int i = 0; i < WATCHES; i++) {
                    boolean put = i < WATCHES / 4 && random.nextInt(3) > 0;
                    cluster.world.at((i * WATCH_MILLIS + random.nextInt(WATCH_MILLIS)) * MILLIS, () -> {
                        if (machine.isUp()) {
                            watch(machine, key, put ? Action.put("v" + values++) : Action.get());
                        }
                    });
                }
            }
        }
    }

    private void watch(SimMachine machine, String key, Action action) {
        SimOperation.Request local = new SimOperation.Request(key, action, ConsistencyLevel.LOCAL, NO_CONTEXT, 0);
        submit(new SimOperation(++ids, "watcher", local, cluster.world.nanos()), machine, 100, () -> {});
    }

    // --- when the clients are done

    /** A last read of every key: again and again until it is answered. @return hears how many are left */
    IntSupplier readAll(ConsistencyLevel level, List<SimMachine> machines, Consumer<SimOperation> answered) {
        int[] left = {keys.size()};
        keys.forEach(key -> untilAnswered(
                LAST, () -> new SimOperation.Request(key, Action.get(), level, NO_CONTEXT, 0), machines, operation -> {
                    left[0]--;
                    answered.accept(operation);
                }));
        return () -> left[0];
    }

    /** A write and then a read of each of some keys at quorum, until they are answered. @return hears how many are left */
    IntSupplier probe(List<String> probes, List<SimMachine> machines) {
        int[] left = {probes.size()};
        for (String key : probes) {
            untilAnswered(
                    "probe",
                    () -> quorum(key, Action.put("v" + values++)),
                    machines,
                    written -> untilAnswered("probe", () -> quorum(key, Action.get()), machines, read -> left[0]--));
        }
        return () -> left[0];
    }

    private static SimOperation.Request quorum(String key, Action action) {
        return new SimOperation.Request(key, action, ConsistencyLevel.QUORUM, NO_CONTEXT, 0);
    }

    private void untilAnswered(
            String client,
            Supplier<SimOperation.Request> request,
            List<SimMachine> machines,
            Consumer<SimOperation> then) {
        SimOperation operation = new SimOperation(++ids, client, request.get(), cluster.world.nanos());
        submit(operation, machines.get(random.nextInt(machines.size())), 1_000, () -> {
            if (operation.answeredRead() || operation.acknowledged()) {
                then.accept(operation);
            } else {
                cluster.world.at(100 * MILLIS, () -> untilAnswered(client, request, machines, then));
            }
        });
    }

    private void note(SimOperation operation, Outcome outcome) {
        switch (outcome) {
            case Outcome.Applied _ -> {
                cluster.reachedIf(operation.context.length > 0, Mark.SIBLINGS_RESOLVED_WITH_CONTEXT);
                cluster.reachedIf(operation.level == null, Mark.DEFAULT_LEVEL_USED);
            }
            case Outcome.Read read -> {
                cluster.reachedIf(
                        read.siblings().isEmpty() && KeyKind.of(operation.key) == KeyKind.EXPIRING,
                        Mark.EXPIRED_THEN_ABSENT);
                cluster.reachedIf(read.siblings().size() > 1, Mark.SIBLINGS_RETURNED);
                cluster.reachedIf(read.siblings().isEmpty() && read.contextToken().length > 0, Mark.DELETE_THEN_ABSENT);
            }
            case Outcome.NotApplied refused -> {
                switch (refused.reason()) {
                    case NOT_ENOUGH_REPLICAS -> cluster.reached(Mark.REFUSED_TOO_FEW_REPLICAS);
                    case NO_RING -> cluster.reached(Mark.REFUSED_WITHOUT_RING);
                    case STARTING -> cluster.reached(Mark.REFUSED_WHILE_STARTING);
                    case DISK_FULL -> cluster.reached(Mark.REFUSED_DISK_FULL);
                    case TOO_MANY_SIBLINGS -> cluster.reached(Mark.REFUSED_TOO_MANY_SIBLINGS);
                    case NOT_A_REPLICA -> cluster.reached(Mark.REFUSED_LOCAL_ELSEWHERE);
                    default -> {}
                }
            }
            case Outcome.Unknown _ ->
                cluster.reached(operation.isWrite() ? Mark.WRITE_ENDED_UNKNOWN : Mark.READ_ENDED_UNKNOWN);
        }
    }
}
