package io.kvcluster.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.client.KvClient;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.proto.ring.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code make chaos}. The package tells the steps. */
@Scenario
@Tag("chaos")
@Tag(Ability.NEEDS_KILL_9)
@Tag(Ability.NEEDS_PAUSE)
@Tag(Ability.NEEDS_KILL_OPERATOR)
final class ChaosE2E {
    private static final String NAME = "chaos";
    private static final int PARTITIONS = 16;
    private static final Duration LENGTH = Duration.ofSeconds(Settings.number("chaos.seconds", 1_800));
    private static final long SEED = Settings.number("chaos.seed", 1);
    private static final double LEAST_RATE = 300.0 / Settings.slowness();
    private static final int LANES = 3;
    /** Names of kinds that are not made. */
    private static final List<String> WITHOUT =
            List.of(Settings.text("chaos.without").orElse("").split(","));
    /** How long replicas may take to become equal once everything is still. */
    private static final Duration CONVERGENCE =
            Duration.ofSeconds(Settings.number("chaos.convergence", 120 * Settings.slowness()));

    private final Target target;

    ChaosE2E(Target target) {
        this.target = target;
    }

    @Test
    void thePromisesHoldWhileNodesBreakTheOperatorDiesAndTheRingChanges() throws Exception {
        Judge judge = new Judge(LEAST_RATE); // proves itself first, or throws
        List<FaultKind> kinds = FaultKind.of(target.abilities()).stream()
                .filter(kind -> !WITHOUT.contains(kind.name()))
                .toList();
        Cluster cluster = fresh();
        Strength strength = new Strength(cluster);
        try (KvClient client = cluster.connect();
                Probes probes = new Probes(client);
                Populations clients = new Populations(cluster);
                Progress progress = new Progress(clients, LENGTH)) {
            Ground ground = new Ground(target, cluster, strength, progress, kinds, LENGTH);
            List<String> flaws = new ArrayList<>();
            ChangeLane changes = new ChangeLane(ground, kinds, SEED);
            breakEverything(
                    ground,
                    List.of(
                            new NodeLane(ground, new Injector(ground, kinds, SEED), probes),
                            new ControlPlaneLane(ground, kinds, SEED),
                            changes));
            Duration lasted = ground.elapsed();
            progress.say("no more faults; back to three members");
            if (changes.goHome()) {
                ground.await("the operator says that all is well", target.patience(), () -> isSettled(cluster));
            }
            List<Population> populations = new ArrayList<>(clients.stop());
            populations.add(probes.stop());
            progress.say("all clients have stopped; waiting until the replicas are equal");
            Map<String, String> stores = stores(strength);
            Replicas.Settled settled =
                    new Replicas(client, stores).awaitEqual(keys(populations), CONVERGENCE, progress::say);
            List<String> storeIds = List.copyOf(stores.keySet());
            Digests.Comparison digests = new Digests(client, storeIds).awaitEqual(storeIds.size(), CONVERGENCE);
            progress.say(digests.toString());
            flaws.addAll(strength.flaws(ChangeLane.HOME));
            ChaosRun run = new ChaosRun(
                    lasted,
                    kinds,
                    ground.made(),
                    populations,
                    settled.copies(),
                    settled.equalAfter(),
                    digests,
                    flaws,
                    ground.problems());
            progress.say("judging " + populations.size() + " histories");
            publish(run, judge.problems(run));
        }
        cluster.delete();
    }

    /** One of an earlier run would have values that nobody of this one put. */
    private Cluster fresh() {
        Cluster cluster = new Cluster(target, NAME);
        if (cluster.find().isPresent()) {
            cluster.delete();
        }
        cluster.apply(Spec.of(target).with("partitions", PARTITIONS));
        cluster.awaitSettled();
        return cluster;
    }

    /** Returns when all have ended. @throws Exception what ended one of them: the harness itself is broken then */
    private static void breakEverything(Ground ground, List<Runnable> lanes) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(LANES)) {
            List<Future<?>> running = new ArrayList<>();
            lanes.forEach(lane -> running.add(threads.submit(() -> {
                try {
                    lane.run();
                } finally {
                    ground.end(); // the others too, when this one broke
                }
            })));
            for (Future<?> lane : running) {
                lane.get();
            }
        }
    }

    private static boolean isSettled(Cluster cluster) {
        return cluster.has("Available", "True")
                && !cluster.has("Progressing", "True")
                && cluster.blockers().isEmpty();
    }

    /** Names by store. */
    private static Map<String, String> stores(Strength strength) {
        Map<String, String> stores = new LinkedHashMap<>();
        for (Member member : strength.ring().orElseThrow().members()) {
            stores.put(member.getStoreId(), member.getName());
        }
        return stores;
    }

    private static List<String> keys(List<Population> populations) {
        TreeSet<String> keys = new TreeSet<>();
        for (Population population : populations) {
            population.history().operations().forEach(operation -> keys.add(operation.key()));
            Map<String, Acknowledged> newest = population.newest();
            keys.addAll(newest.keySet());
        }
        return List.copyOf(keys);
    }

    private void publish(ChaosRun run, List<Problem> problems) throws IOException {
        Path folder = Path.of(Settings.text("chaos.results").orElse("target/chaos"));
        String command = target.name().equals("local") ? "make chaos" : "make e2e-k8s SUITE=chaos";
        ChaosReport report = new ChaosReport(
                run,
                FaultFigures.of(run),
                problems,
                target.name(),
                command + " SECONDS=" + LENGTH.toSeconds() + " SEED=" + SEED);
        Path page = report.write(folder);
        System.out.println(report.lastWords(page, Traffic.FOLDER));
        assertThat(problems).as("%d problems", problems.size()).isEmpty();
    }
}
