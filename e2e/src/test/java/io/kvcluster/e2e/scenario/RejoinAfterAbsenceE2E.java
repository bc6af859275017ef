package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.Repairs;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.PartitionRepair;
import io.kvcluster.proto.ring.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A node is stopped, many keys are written, the node comes back. {@code e2e.absence.seconds} says how long it is away, and
 * {@code e2e.absence.base} how many keys it has before; more than about four minutes at the usual rate is beyond what hints hold.
 */
@Scenario
@Tag("absence")
final class RejoinAfterAbsenceE2E {
    private static final int VALUE_BYTES = 1_024;
    /** Keys a second, each written once. */
    private static final long RATE = Settings.number("absence.rate", 400) / Settings.slowness();

    private static final int AT_ONCE = 64;
    private static final int SAMPLES = 500;
    private static final double MOST_MOVED = 1.5;
    private static final RequestOptions EVENTUAL =
            RequestOptions.DEFAULT.at(Level.EVENTUAL).within(Duration.ofSeconds(10));

    private final Target target;
    private final long absenceSeconds = Settings.number("absence.seconds", 8);
    private final int base = (int) Settings.number("absence.base", 4_000);

    RejoinAfterAbsenceE2E(Target target) {
        this.target = target;
    }

    @Test
    void aNodeThatWasAwayIsEqualAgainWithLittleMoreThanWhatItMissed() throws InterruptedException {
        Cluster cluster = new Cluster(target, "rejoin");
        cluster.apply(Spec.of(target).with("storage", Map.of("size", "4Gi", "reclaim", "Delete")));
        cluster.awaitSettled();
        try (KvClient client = cluster.connect()) {
            write(client, keys("base-", 0, base), Long.MAX_VALUE);
            awaitEqual(client, 3);

            // The operator lets go, so that a set of no pods is nothing to mend.
            cluster.patchSpec("{\"paused\":true}");
            StatefulSet set = setOf(cluster, cluster.podNames().getLast());
            String away = cluster.podNames().getLast();
            scale(set, 0);
            await(away + " gone")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> cluster.pod(away).isEmpty());

            // A fifth of what is written replaces what the node has, the rest is new; a key is written once.
            int missed = Math.toIntExact(RATE * absenceSeconds);
            int replaced = Math.min(missed / 5, base / 5);
            List<String> keys = new ArrayList<>(keys("base-", 0, replaced));
            keys.addAll(keys("new-", 0, missed - replaced));
            long missedBytes = write(client, keys, RATE);
            List<String> stayed = cluster.podNames();
            double movedBefore = sum(cluster, stayed, "kvstore_repair_bytes_total");
            double keysBefore = sum(cluster, stayed, "kvstore_repaired_keys_total");
            double hintsKept = sum(cluster, stayed, "kvstore_hint_events_total{event=\"stored\"}");
            double hintsDropped = sum(cluster, stayed, "kvstore_hint_events_total{event=\"dropped\"}");

            long begin = System.nanoTime();
            scale(set, 1);
            await(away + " serves")
                    .atMost(target.patience())
                    .pollInterval(Cluster.POLL)
                    .until(() -> cluster.nodes().stream()
                            .anyMatch(node -> node.name().equals(away) && node.isReady()));
            double serves = secondsSince(begin);
            awaitEqual(client, 3);
            double equal = secondsSince(begin);
            awaitNoHints(client);

            List<String> all = cluster.podNames();
            double moved = sum(cluster, all, "kvstore_repair_bytes_total") - movedBefore;
            Results.of("rejoin-after-absence", target)
                    .with("absenceSeconds", absenceSeconds)
                    .with("keysBefore", base)
                    .with("keysMissed", missed)
                    .with("bytesMissed", missedBytes)
                    .with("bytesMoved", (long) moved)
                    .with("movedOfMissed", Math.round(moved / missedBytes * 1_000) / 1e3)
                    .with("servesAfterSeconds", serves)
                    .with("equalAfterSeconds", equal)
                    .with("hintsKept", (long) hintsKept)
                    .with("hintsGivenUp", (long) hintsDropped)
                    .with("keysByExchanges", (long) (sum(cluster, all, "kvstore_repaired_keys_total") - keysBefore))
                    .publish();
            assertThat(moved).as("bytes moved").isBetween((double) missedBytes, MOST_MOVED * missedBytes);
            assertThatItHas(client, storeOf(client, away), keys);
        }
        cluster.patchSpec("{\"paused\":false}");
        cluster.awaitSettled();
        assertThatKvSaysSo(cluster);
        cluster.delete();
    }

    private static List<String> keys(String prefix, int from, int to) {
        List<String> keys = new ArrayList<>();
        for (int i = from; i < to; i++) {
            keys.add(prefix + i);
        }
        return keys;
    }

    private static ByteString value(String key) {
        byte[] value = new byte[VALUE_BYTES];
        new Random(key.hashCode()).nextBytes(value);
        return ByteString.copyFrom(value);
    }

    /** Writes each key once, so many a second, and returns the bytes of keys and values; every write must be acknowledged. */
    private static long write(KvClient client, List<String> keys, long rate) throws InterruptedException {
        Semaphore room = new Semaphore(AT_ONCE);
        AtomicReference<String> problem = new AtomicReference<>();
        long begin = System.nanoTime();
        long bytes = 0;
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            long due = begin + (long) ((double) i / rate * TimeUnit.SECONDS.toNanos(1));
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
            room.acquire();
            bytes += key.length() + VALUE_BYTES;
            put(client, key, 5).thenAccept(outcome -> {
                if (!(outcome instanceof WriteOutcome.Applied)) {
                    problem.set(key + ": " + outcome);
                }
                room.release();
            });
        }
        room.acquire(AT_ONCE);
        assertThat(problem.get()).isNull();
        return bytes;
    }

    /** The same value again is the same write for this purpose: while a node goes away some end unknown. */
    private static CompletableFuture<WriteOutcome> put(KvClient client, String key, int tries) {
        return client.putAsync(ByteString.copyFromUtf8(key), value(key), EVENTUAL)
                .thenCompose(outcome -> outcome instanceof WriteOutcome.Applied || tries == 1
                        ? CompletableFuture.completedFuture(outcome)
                        : put(client, key, tries - 1));
    }

    private static StatefulSet setOf(Cluster cluster, String pod) {
        return cluster.statefulSets().stream()
                .filter(set -> pod.startsWith(set.getMetadata().getName() + "-"))
                .findFirst()
                .orElseThrow();
    }

    private void scale(StatefulSet set, int replicas) {
        target.client()
                .apps()
                .statefulSets()
                .inNamespace(target.namespace())
                .withName(set.getMetadata().getName())
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":" + replicas + "}}");
    }

    private static Map<String, GetRepairResponse> looks(KvClient client) {
        Map<String, GetRepairResponse> looks = new TreeMap<>();
        Repairs repairs = new Repairs(client, Duration.ofSeconds(2));
        for (Member member : client.ring().orElseThrow().members()) {
            if (repairs.look(member.getStoreId(), true).join() instanceof KvClient.Answer.Got(GetRepairResponse look)) {
                looks.put(member.getStoreId(), look);
            }
        }
        return looks;
    }

    /** So many nodes tell the same root of every partition. */
    private void awaitEqual(KvClient client, int nodes) {
        await("equal replicas")
                .atMost(target.patience().plusSeconds(absenceSeconds))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    Map<String, GetRepairResponse> looks = looks(client);
                    Map<Integer, List<PartitionRepair>> byPartition = new TreeMap<>();
                    looks.values().stream()
                            .flatMap(look -> look.getPartitionsList().stream())
                            .forEach(partition -> byPartition
                                    .computeIfAbsent(partition.getPartition(), _ -> new ArrayList<>())
                                    .add(partition));
                    return byPartition.size() == client.ring().orElseThrow().partitions()
                            && byPartition.values().stream()
                                    .allMatch(replicas -> replicas.size() == nodes
                                            && replicas.stream().allMatch(PartitionRepair::getTree)
                                            && replicas.stream()
                                                            .map(PartitionRepair::getRoot)
                                                            .distinct()
                                                            .count()
                                                    == 1);
                });
    }

    private void awaitNoHints(KvClient client) {
        await("no hint left")
                .atMost(target.patience().plusSeconds(absenceSeconds))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    Map<String, GetRepairResponse> looks = looks(client);
                    return looks.size() == 3
                            && looks.values().stream()
                                    .allMatch(look -> look.getRepair().getHints() == 0);
                });
    }

    private static String storeOf(KvClient client, String pod) {
        return client.ring().orElseThrow().members().stream()
                .filter(member -> member.getName().equals(pod))
                .findFirst()
                .orElseThrow()
                .getStoreId();
    }

    /** Equal trees could be equally wrong. */
    private static void assertThatItHas(KvClient client, String storeId, List<String> keys) {
        RequestOptions local = RequestOptions.DEFAULT.at(Level.LOCAL).within(Duration.ofSeconds(10));
        int step = Math.max(1, keys.size() / SAMPLES);
        for (int i = 0; i < keys.size(); i += step) {
            String key = keys.get(i);
            GetOutcome outcome = client.getFromAsync(storeId, ByteString.copyFromUtf8(key), local)
                    .join();
            assertThat(outcome).as(key).isInstanceOf(GetOutcome.Found.class);
            assertThat(((GetOutcome.Found) outcome).value()).as(key).isEqualTo(value(key));
        }
    }

    private static void assertThatKvSaysSo(Cluster cluster) throws InterruptedException {
        KvCommand repair = KvCommand.start(cluster, "repair", "--full", "--limit", "2m");
        assertThat(repair.await(180)).as("%s", repair.output()).isZero();
        assertThat(repair.output()).contains("the replicas that answer are equal");
        System.out.println(repair.output());
    }

    private static double sum(Cluster cluster, List<String> pods, String series) {
        return cluster.nodes().stream()
                .filter(node -> pods.contains(node.name()))
                .mapToDouble(node -> metric(node, series))
                .sum();
    }

    private static double metric(Node node, String series) {
        return node.ask("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(node.name() + " has no metric " + series));
    }

    private static double secondsSince(long nanos) {
        return Math.round((System.nanoTime() - nanos) / 1e6) / 1e3;
    }
}
