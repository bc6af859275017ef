package io.kvcluster.node.simulation;

import io.kvcluster.history.Action;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Clients that run one random operation after the other. The name of a key says which levels it is used at, and so what is
 * promised: {@code reg-} quorum and all, {@code ev-} also eventual, {@code any-} every level, {@code sib-} eventual to all with
 * contexts.
 */
final class Clients {
    private static final long MILLIS = 1_000_000;
    private static final int LARGE = 5_000;
    private static final List<String> REGISTERS = List.of("reg-0", "reg-1", "ev-0", "any-0", "reg-2", "ev-1", "any-1");
    private static final List<String> SIBLINGS = List.of("sib-0", "sib-1", "sib-2", "sib-3", "sib-4", "sib-5");
    private static final byte[] NO_CONTEXT = {};

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
        this.keys = (cluster.plan.siblings() ? SIBLINGS : REGISTERS).subList(0, cluster.plan.keys());
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
        int dice = random.nextInt(20);
        Action action = dice < 9 ? Action.get() : dice < 17 ? Action.put("v" + values++) : Action.delete();
        byte[] context = key.startsWith("sib-") && random.nextInt(3) > 0
                ? contexts.getOrDefault(client + key, NO_CONTEXT)
                : NO_CONTEXT;
        SimOperation operation =
                new SimOperation(++ids, client, key, action, levelFor(key), context, cluster.world.nanos());
        submit(operation, cluster.anyMachine(), 150 + random.nextInt(500), () -> {
            if (operation.outcome instanceof Outcome.Read read) {
                contexts.put(client + key, read.contextToken());
            }
            cluster.world.at(random.nextInt(cluster.plan.thinkMillis()) * MILLIS, () -> next(client, left - 1));
        });
    }

    private ConsistencyLevel levelFor(String key) {
        int dice = random.nextInt(10);
        if (key.startsWith("reg-")) {
            return dice < 8 ? ConsistencyLevel.QUORUM : ConsistencyLevel.ALL;
        }
        if (key.startsWith("any-")) {
            return switch (dice / 2) {
                case 0 -> ConsistencyLevel.LOCAL;
                case 1 -> ConsistencyLevel.ONE;
                case 2 -> ConsistencyLevel.EVENTUAL;
                case 3 -> ConsistencyLevel.QUORUM;
                default -> ConsistencyLevel.ALL;
            };
        }
        return dice < 6 ? ConsistencyLevel.EVENTUAL : dice < 9 ? ConsistencyLevel.QUORUM : ConsistencyLevel.ALL;
    }

    /** Notes it, sends it, and goes on when it is answered or, at the latest, a little after its deadline. */
    private void submit(SimOperation operation, SimMachine machine, int budgetMillis, Runnable then) {
        operations.add(operation);
        cluster.trace.say(operation.client, () -> operation.asked() + " of " + machine.name);
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

    private static Command command(SimOperation operation, long deadline) {
        Key key = Key.of(operation.key);
        return switch (operation.action) {
            case Action.Get _ -> new Command.Get(key, operation.level, deadline, "", false);
            case Action.Put put ->
                new Command.Put(
                        key, bytes(operation.id, put.value()), operation.context, operation.level, deadline, "", false);
            case Action.Delete _ -> new Command.Delete(key, operation.context, operation.level, deadline, "", false);
        };
    }

    /** Some are so large that reads ask for digests. */
    private static byte[] bytes(long id, String value) {
        return (id % 23 == 0 ? value + " " + "x".repeat(LARGE) : value).getBytes(StandardCharsets.UTF_8);
    }

    /** The last read of a key: again and again until it is answered. */
    void readFinally(String key, ConsistencyLevel level, List<SimMachine> machines, Runnable then) {
        SimOperation operation =
                new SimOperation(++ids, "last", key, Action.get(), level, NO_CONTEXT, cluster.world.nanos());
        submit(operation, machines.get(random.nextInt(machines.size())), 1_000, () -> {
            if (operation.answeredRead()) {
                then.run();
            } else {
                cluster.world.at(100 * MILLIS, () -> readFinally(key, level, machines, then));
            }
        });
    }

    private void note(SimOperation operation, Outcome outcome) {
        switch (outcome) {
            case Outcome.Applied _ ->
                cluster.reachedIf(operation.context.length > 0, Mark.SIBLINGS_RESOLVED_WITH_CONTEXT);
            case Outcome.Read read -> {
                cluster.reachedIf(read.siblings().size() > 1, Mark.SIBLINGS_RETURNED);
                cluster.reachedIf(read.siblings().isEmpty() && read.contextToken().length > 0, Mark.DELETE_THEN_ABSENT);
            }
            case Outcome.NotApplied refused -> {
                switch (refused.reason()) {
                    case NOT_ENOUGH_REPLICAS -> cluster.reached(Mark.REFUSED_TOO_FEW_REPLICAS);
                    case NO_RING -> cluster.reached(Mark.REFUSED_WITHOUT_RING);
                    case STARTING -> cluster.reached(Mark.REFUSED_WHILE_STARTING);
                    case DISK_FULL -> cluster.reached(Mark.REFUSED_DISK_FULL);
                    case NOT_A_REPLICA -> cluster.reached(Mark.REFUSED_LOCAL_ELSEWHERE);
                    default -> {}
                }
            }
            case Outcome.Unknown _ ->
                cluster.reached(operation.isWrite() ? Mark.WRITE_ENDED_UNKNOWN : Mark.READ_ENDED_UNKNOWN);
        }
    }
}
