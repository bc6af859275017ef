package io.kvcluster.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.client.KvClient;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.e2e.traffic.Traffic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code make chaos}. The package tells the steps. */
@Scenario
@Tag("chaos")
@Tag(Ability.NEEDS_KILL_9)
@Tag(Ability.NEEDS_PAUSE)
@Tag(Ability.NEEDS_PARTITION)
final class ChaosE2E {
    private static final Duration LENGTH = Duration.ofSeconds(Settings.number("chaos.seconds", 600));
    private static final long SEED = Settings.number("chaos.seed", 1);
    private static final double LEAST_RATE = 300.0 / Settings.slowness();
    private static final Duration QUIET = Duration.ofSeconds(3);
    /** A kill takes no time; this is how long what is written meanwhile is followed. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(3);
    /** How long replicas may take to become equal once everything is still. */
    private static final Duration CONVERGENCE =
            Duration.ofSeconds(Settings.number("chaos.convergence", 120 * Settings.slowness()));

    private final Target target;

    ChaosE2E(Target target) {
        this.target = target;
    }

    @Test
    void thePromisesHoldThroughFaultsOfEveryKind() throws IOException {
        Judge judge = new Judge(LEAST_RATE); // proves itself first, or throws
        Cluster cluster = Cluster.shared(target);
        Injector injector = new Injector(target, cluster.podNames(), SEED);
        List<Injected> faults = new ArrayList<>();
        try (KvClient client = cluster.connect();
                Probes probes = new Probes(client, List.copyOf(stores(cluster).keySet()));
                Populations clients = new Populations(cluster);
                Progress progress = new Progress(clients, LENGTH)) {
            work(cluster, injector, probes, progress, faults);
            List<Population> populations = new ArrayList<>(clients.stop());
            populations.add(probes.stop());
            progress.say("all clients have stopped; waiting until the replicas are equal");
            Replicas.Settled settled =
                    new Replicas(client, stores(cluster)).awaitEqual(keys(populations), CONVERGENCE, progress::say);
            List<String> storeIds = List.copyOf(stores(cluster).keySet());
            Digests.Comparison digests = new Digests(client, storeIds).awaitEqual(storeIds.size(), CONVERGENCE);
            progress.say(digests.toString());
            ChaosRun run = new ChaosRun(
                    LENGTH, injector.kinds(), faults, populations, settled.copies(), settled.equalAfter(), digests);
            progress.say("judging " + populations.size() + " histories");
            publish(run, figures(run, probes, primaries(cluster)), judge.problems(run));
        }
    }

    private void work(Cluster cluster, Injector injector, Probes probes, Progress progress, List<Injected> faults) {
        long end = System.nanoTime() + LENGTH.toNanos();
        Injector.letPass(QUIET);
        while (System.nanoTime() < end) {
            FaultKind kind = injector.nextKind();
            String pod = injector.nextPod();
            progress.now(kind.label() + " " + pod);
            probes.begin();
            faults.add(injector.make(kind, pod));
            if (kind == FaultKind.KILL_9) {
                Injector.letPass(AFTER_KILL);
            }
            probes.end();
            progress.now("after " + kind.label() + " " + pod);
            cluster.awaitSettled();
            progress.now("");
            Injector.letPass(QUIET);
        }
    }

    /** Names by store. */
    private static Map<String, String> stores(Cluster cluster) {
        Map<String, String> stores = new LinkedHashMap<>();
        for (MemberStatus member : cluster.status().orElseThrow().members()) {
            stores.put(member.storeId(), member.name());
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

    /** Of the hot keys, the node that clients ask first. */
    private static Map<String, String> primaries(Cluster cluster) {
        Node any = cluster.nodes().getFirst();
        Map<String, String> primaries = new LinkedHashMap<>();
        for (int i = 0; i < Populations.PLANS.getFirst().keys(); i++) {
            String key = Populations.PLANS.getFirst().prefix() + "-" + i;
            primaries.put(
                    key,
                    any.ask("/mapping?key=" + key)
                            .json()
                            .path("replicas")
                            .path(0)
                            .path("name")
                            .asText());
        }
        return primaries;
    }

    private static List<FaultFigures> figures(ChaosRun run, Probes probes, Map<String, String> primaries) {
        List<FaultFigures> figures = new ArrayList<>();
        for (int i = 0; i < run.faults().size(); i++) {
            figures.add(FaultFigures.of(run.faults().get(i), run, primaries, probes.timeToEqual(i)));
        }
        return figures;
    }

    private void publish(ChaosRun run, List<FaultFigures> figures, List<Problem> problems) throws IOException {
        Path folder = Path.of(Settings.text("chaos.results").orElse("target/chaos"));
        ChaosReport report = new ChaosReport(
                run, figures, problems, target.name(), "make chaos SECONDS=" + LENGTH.toSeconds() + " SEED=" + SEED);
        Path page = report.write(folder);
        System.out.println(report.lastWords(page, Traffic.FOLDER));
        assertThat(problems).as("%d problems", problems.size()).isEmpty();
    }
}
