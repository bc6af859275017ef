package io.kvcluster.e2e.chaos;

import io.kvcluster.client.Level;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The clients of a run: many on few keys, few on many keys, and some at weaker levels. */
final class Populations implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    static final List<Plan> PLANS = List.of(
            new Plan("hot", 12, 96, Duration.ofMillis(32), Level.QUORUM, TIMEOUT, 50, 5),
            new Plan("many", 4, 4_000, Duration.ofMillis(40), Level.QUORUM, TIMEOUT, 70, 20),
            new Plan("eventual", 2, 200, Duration.ofMillis(80), Level.EVENTUAL, TIMEOUT, 50, 10),
            new Plan("one", 2, 200, Duration.ofMillis(80), Level.ONE, TIMEOUT, 50, 10));

    private static final Plan HOT = PLANS.getFirst();

    static List<String> hotKeys() {
        return HOT.allKeys();
    }

    private final List<Traffic> traffic = new ArrayList<>();

    Populations(Cluster cluster) {
        for (Plan plan : PLANS) {
            traffic.add(Traffic.start(cluster, plan));
        }
    }

    long acknowledged() {
        return traffic.stream().mapToLong(Traffic::acknowledged).sum();
    }

    long failed() {
        return traffic.stream().mapToLong(Traffic::failed).sum();
    }

    List<Population> stop() {
        traffic.forEach(Traffic::close);
        List<Population> populations = new ArrayList<>();
        for (int i = 0; i < PLANS.size(); i++) {
            Traffic each = traffic.get(i);
            Plan plan = PLANS.get(i);
            populations.add(
                    new Population(plan.prefix(), plan.level(), each.stop().history(), each.newestAcknowledged()));
        }
        return populations;
    }

    @Override
    public void close() {
        traffic.forEach(Traffic::close);
    }
}
