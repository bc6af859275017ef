package io.kvcluster.e2e.chaos;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;

/** What is on each disk: every key, read from every replica at level local. */
final class Replicas {
    private static final RequestOptions LOCAL =
            RequestOptions.DEFAULT.at(Level.LOCAL).within(Duration.ofSeconds(10));
    private static final int KEYS_AT_ONCE = 200;

    private final KvClient client;
    private final Map<String, String> nameByStore;

    Replicas(KvClient client, Map<String, String> nameByStore) {
        this.client = client;
        this.nameByStore = new LinkedHashMap<>(nameByStore);
    }

    /**
     * What one replica has of a key.
     *
     * @param value empty: nothing, or a tombstone
     * @param version 0 with nothing
     * @param problem empty when it answered
     */
    record Copy(String replica, String value, long version, String problem) {
        boolean isAbsent() {
            return value.isEmpty();
        }
    }

    /**
     * @param copies of every key, one for each replica
     * @param equalAfter from the first look until all replicas were equal; the limit when they never were
     */
    record Settled(Map<String, List<Copy>> copies, Duration equalAfter) {
        List<String> differing() {
            return copies.entrySet().stream()
                    .filter(entry -> !areEqual(entry.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    static boolean areEqual(List<Copy> copies) {
        return copies.stream()
                                .map(copy -> copy.value() + " " + copy.version() + copy.problem())
                                .distinct()
                                .count()
                        == 1
                && copies.getFirst().problem().isEmpty();
    }

    /** Returns when all are equal, or at the limit. Nothing is written meanwhile. @param progress hears how many keys differ, when that changes */
    Settled awaitEqual(List<String> keys, Duration limit, Consumer<String> progress) {
        long begin = System.nanoTime();
        Map<String, List<Copy>> copies = new LinkedHashMap<>(read(keys));
        try {
            await("replicas equal")
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        List<String> differing = new Settled(copies, limit).differing();
                        copies.putAll(read(differing));
                        int left = new Settled(copies, limit).differing().size();
                        if (left != differing.size()) {
                            progress.accept(left + " of " + keys.size() + " keys differ between replicas");
                        }
                        return left == 0;
                    });
        } catch (ConditionTimeoutException notEqual) {
            return new Settled(copies, limit);
        }
        return new Settled(copies, Duration.ofNanos(System.nanoTime() - begin));
    }

    private Map<String, List<Copy>> read(List<String> keys) {
        Map<String, List<Copy>> copies = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            Map<String, List<CompletableFuture<Copy>>> asked = new LinkedHashMap<>();
            for (String key : keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE))) {
                List<CompletableFuture<Copy>> answers = new ArrayList<>();
                nameByStore.forEach((store, name) -> answers.add(ask(store, name, key)));
                asked.put(key, answers);
            }
            asked.forEach((key, answers) -> copies.put(
                    key, answers.stream().map(CompletableFuture::join).toList()));
        }
        return copies;
    }

    private CompletableFuture<Copy> ask(String store, String name, String key) {
        return client.getFromAsync(store, ByteString.copyFromUtf8(key), LOCAL).thenApply(outcome -> switch (outcome) {
            case GetOutcome.Found found -> new Copy(name, found.value().toStringUtf8(), found.version(), "");
            case GetOutcome.NotFound _ -> new Copy(name, "", 0, "");
            case GetOutcome.Failed(String reason, String message, boolean _) ->
                new Copy(name, "", 0, reason + ": " + message);
        });
    }
}
