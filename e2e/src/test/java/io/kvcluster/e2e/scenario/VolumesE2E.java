package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.client.cli.KvMain;
import io.kvcluster.crd.Blocker;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.e2e.traffic.Plan;
import io.kvcluster.e2e.traffic.Report;
import io.kvcluster.e2e.traffic.Traffic;
import io.kvcluster.history.HistoryJudge;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Volumes of members that come and go, and volumes that grow. */
@Scenario
final class VolumesE2E {
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final String QUARANTINED = "kvcluster.io/quarantined";
    private static final int KEYS = 300;

    private final Target target;

    VolumesE2E(Target target) {
        this.target = target;
    }

    /**
     * Twice onto the same volumes: what they held before is never counted, or a read would find what was written since then gone. The
     * second time only after a human took the label away.
     */
    @Test
    void membersComeBackOnTheVolumesThatTheyLeftAndCountOnlyWithWhatTheyGetAnew() {
        Cluster cluster = new Cluster(target, "again");
        cluster.apply(Spec.of(target)
                .without("topology")
                .with("partitions", 16)
                .with("storage", Map.of("size", "256Mi", "reclaim", "Quarantine")));
        cluster.awaitSettled();
        fill(cluster, "first");
        HistoryJudge judge = HistoryJudge.linearizable();
        Optional<JsonNode> plan = target.operatorConsole().map(console -> planned(console, cluster, 5));
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("again"))) {
            int copies = scale(cluster, 5);
            plan.ifPresent(foreseen -> {
                System.out.println(
                        "e2e kv plan foresaw " + foreseen.path("copies") + " copies, " + copies + " were made");
                assertThat(foreseen.path("copies").asInt()).isPositive();
                assertThat(foreseen.path("lowestCopies").asInt()).isEqualTo(3);
                assertThat(copies)
                        .isGreaterThanOrEqualTo(foreseen.path("copies").asInt());
            });
            fill(cluster, "second");
            scale(cluster, 3);
            await("claims are set aside")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> cluster.claims().stream()
                            .filter(VolumesE2E::isQuarantined)
                            .map(claim -> claim.getMetadata().getName())
                            .sorted()
                            .toList()
                            .equals(List.of("data-again-3", "data-again-4")));
            cluster.awaitSettled();
            fill(cluster, "third");
            cluster.resource().scale(5);
            cluster.awaitStatus(
                    "held by the quarantine",
                    status -> status.blockedBy().stream().map(Blocker::check).anyMatch("QuarantinedVolume"::equals));
            assertThat(cluster.podNames()).hasSize(3);
            release("data-again-3");
            release("data-again-4");
            cluster.awaitSettled(LIMIT);
            assertThat(cluster.podNames()).hasSize(5);
            Report report = traffic.stop();
            assertThat(report.failures()).isEmpty();
            assertThat(judge.judge(report.history()).passed()).isTrue();
        }
        assertHeld(cluster, "first", "second", "third");
        cluster.patchSpec("{\"storage\": {\"reclaim\": \"Delete\"}}");
        cluster.awaitSettled();
        cluster.delete();
    }

    /** Where the storage class lets volumes grow they do; where not, the status says so. No pod notices either. */
    @Test
    void volumesGrowWithoutAnyPodBeingTouched() {
        Cluster cluster = new Cluster(target, "grown");
        cluster.apply(Spec.of(target).with("partitions", 16));
        cluster.awaitSettled();
        Map<String, String> before = cluster.incarnations();
        try (Traffic traffic = Traffic.start(cluster, Plan.steady("grown"))) {
            cluster.patchSpec("{\"storage\": {\"size\": \"512Mi\"}}");
            cluster.awaitStatus("grown, or told why not", status -> isGrown(cluster) || saysWhyNot(status.blockedBy()));
            System.out.println("e2e growth of volumes: " + (isGrown(cluster) ? "done" : cluster.blockers()));
            if (isGrown(cluster)) {
                cluster.awaitSettled();
                assertThat(templates(cluster)).allMatch("512Mi"::equals);
            }
            Report report = traffic.stop();
            assertThat(report.failures()).isEmpty();
        }
        assertThat(cluster.incarnations()).isEqualTo(before);
        assertThat(cluster.has("Available", "True")).isTrue();
        cluster.delete();
    }

    private static boolean saysWhyNot(List<Blocker> blockers) {
        return blockers.stream()
                .anyMatch(blocker -> blocker.check().equals("GrowVolumeFailed")
                        || blocker.check().equals("VolumeNotResized"));
    }

    private boolean isGrown(Cluster cluster) {
        return cluster.claims().stream()
                        .allMatch(claim -> "512Mi"
                                .equals(String.valueOf(
                                        claim.getStatus().getCapacity().get("storage"))))
                && templates(cluster).stream().allMatch("512Mi"::equals)
                && !templates(cluster).isEmpty();
    }

    private static List<String> templates(Cluster cluster) {
        return cluster.statefulSets().stream()
                .map(set -> String.valueOf(set.getSpec()
                        .getVolumeClaimTemplates()
                        .getFirst()
                        .getSpec()
                        .getResources()
                        .getRequests()
                        .get("storage")))
                .toList();
    }

    private static boolean isQuarantined(PersistentVolumeClaim claim) {
        return claim.getMetadata().getLabels().containsKey(QUARANTINED);
    }

    /** As {@code kubectl label pvc NAME kvcluster.io/quarantined-}. */
    private void release(String claim) {
        target.client()
                .persistentVolumeClaims()
                .inNamespace(target.namespace())
                .withName(claim)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"" + QUARANTINED + "\":null}}}");
    }

    /** As {@code kv plan --replicas N -o json}. */
    private JsonNode planned(URI console, Cluster cluster, int members) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = KvMain.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "plan",
                "--operator=" + console.getAuthority(),
                "--cluster=" + target.namespace() + "/" + cluster.name(),
                "--replicas=" + members,
                "--output=json");
        assertThat(code).as("%s", err).isZero();
        try {
            return new ObjectMapper().readTree(out.toString());
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + out, e);
        }
    }

    /** @return copies that were made, as the status told */
    private static int scale(Cluster cluster, int members) {
        long epoch = cluster.status().orElseThrow().ring().epoch();
        AtomicInteger copies = new AtomicInteger();
        cluster.resource().scale(members);
        cluster.awaitStatus(members + " members", LIMIT, status -> {
            if (status.operation() != null) {
                copies.accumulateAndGet(status.operation().copiesTotal(), Math::max);
            }
            return status.operation() == null
                    && status.members().size() == members
                    && status.ring().epoch() > epoch;
        });
        cluster.awaitSettled(LIMIT);
        return copies.get();
    }

    private static void fill(Cluster cluster, String round) {
        try (KvClient client = cluster.connect()) {
            for (int i = 0; i < KEYS; i++) {
                assertThat(client.put(key(i), ByteString.copyFromUtf8(round), RequestOptions.DEFAULT.at(Level.QUORUM)))
                        .isInstanceOf(WriteOutcome.Applied.class);
                assertThat(client.put(
                                key(round, i), ByteString.copyFromUtf8(round), RequestOptions.DEFAULT.at(Level.QUORUM)))
                        .isInstanceOf(WriteOutcome.Applied.class);
            }
        }
    }

    /** The keys of every round, and of the keys of all rounds the last value. */
    private static void assertHeld(Cluster cluster, String... rounds) {
        RequestOptions all = RequestOptions.DEFAULT.at(Level.ALL).within(Duration.ofSeconds(10));
        try (KvClient client = cluster.connect()) {
            for (int i = 0; i < KEYS; i++) {
                assertValue(client.get(key(i), all), rounds[rounds.length - 1]);
                for (String round : rounds) {
                    assertValue(client.get(key(round, i), all), round);
                }
            }
        }
    }

    private static void assertValue(GetOutcome outcome, String value) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        GetOutcome.Found.class,
                        found -> assertThat(found.value().toStringUtf8()).isEqualTo(value));
    }

    private static ByteString key(int i) {
        return ByteString.copyFromUtf8("of-all-" + i);
    }

    private static ByteString key(String round, int i) {
        return ByteString.copyFromUtf8("of-" + round + "-" + i);
    }
}
