package io.kvcluster.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Every version of a cluster's ring that its API server ever had while this was open, from a watch on the ConfigMap. */
public final class RingWatch implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Version> versions = new CopyOnWriteArrayList<>();
    private final Map<String, String> endings = new ConcurrentSkipListMap<>();
    private final Watch watch;

    /** @param hash of the ring, as it carries it itself */
    public record Version(long epoch, String hash, String resourceVersion) {}

    private RingWatch(Cluster cluster) {
        watch = cluster.target()
                .client()
                .configMaps()
                .inNamespace(cluster.target().namespace())
                .withName(cluster.name() + "-ring")
                .watch(new Watcher<ConfigMap>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap map) {
                        if (action == Action.ADDED || action == Action.MODIFIED) {
                            saw(map);
                        }
                    }

                    @Override
                    public void onClose(@Nullable WatcherException cause) {
                        endings.put("broken", String.valueOf(cause));
                    }
                });
    }

    public static RingWatch of(Cluster cluster) {
        return new RingWatch(cluster);
    }

    private void saw(ConfigMap map) {
        version(map).ifPresent(versions::add);
    }

    /** Of the ring that the ConfigMap holds; epoch -1 for what is none. */
    public static Optional<Version> version(ConfigMap map) {
        String text = map.getData() == null ? null : map.getData().get("ring.json");
        if (text == null) {
            return Optional.empty();
        }
        String version = map.getMetadata().getResourceVersion();
        try {
            JsonNode ring = JSON.readTree(text);
            return Optional.of(
                    new Version(ring.path("epoch").asLong(), ring.path("hash").asText(), version));
        } catch (JsonProcessingException e) {
            return Optional.of(new Version(-1, text, version));
        }
    }

    /** In the order in which they were written; a version that came twice on the watch is one. */
    public List<Version> versions() {
        if (endings.containsKey("broken")) {
            throw new AssertionError("the watch broke, so the record has gaps: " + endings);
        }
        return versions.stream().distinct().toList();
    }

    /** Epochs that were written more than once, with what was written: none, unless the ConfigMap was lost. */
    public Map<Long, List<Version>> writtenTwice() {
        Map<Long, List<Version>> byEpoch = new TreeMap<>();
        versions()
                .forEach(version -> byEpoch.computeIfAbsent(version.epoch(), _ -> new ArrayList<>())
                        .add(version));
        byEpoch.values().removeIf(written -> written.size() == 1);
        return byEpoch;
    }

    /** Epochs that had two contents: never. */
    public Map<Long, List<Version>> forks() {
        Map<Long, List<Version>> forks = writtenTwice();
        forks.values()
                .removeIf(written ->
                        written.stream().map(Version::hash).distinct().count() == 1);
        return forks;
    }

    @Override
    public void close() {
        watch.close();
    }
}
