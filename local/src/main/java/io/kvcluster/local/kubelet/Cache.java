package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.Resources;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The objects that pods refer to, as the API server had them last; still there while it is away. One thread. */
final class Cache implements Objects {
    private Map<PodKey, ObjectNode> configMaps = Map.of();
    private Map<PodKey, ObjectNode> secrets = Map.of();
    private final Map<PodKey, String> claimFolders = new HashMap<>();
    private boolean changed;

    void refresh(Resources resources) {
        Map<PodKey, ObjectNode> maps = byKey(resources, BuiltInKinds.CONFIG_MAP);
        Map<PodKey, ObjectNode> hidden = byKey(resources, BuiltInKinds.SECRET);
        changed |= !maps.equals(configMaps) || !hidden.equals(secrets);
        configMaps = maps;
        secrets = hidden;
        claimFolders.clear();
        for (ObjectNode volume : resources.list(BuiltInKinds.PERSISTENT_VOLUME, "")) {
            if (Json.text(volume, "status", "phase").equals("Bound")) {
                claimFolders.put(
                        new PodKey(
                                Json.text(volume, "spec", "claimRef", "namespace"),
                                Json.text(volume, "spec", "claimRef", "name")),
                        Json.text(volume, "spec", "hostPath", "path"));
            }
        }
    }

    private static Map<PodKey, ObjectNode> byKey(Resources resources, ResourceKind kind) {
        Map<PodKey, ObjectNode> all = new HashMap<>();
        resources.list(kind, "").forEach(object -> all.put(PodKey.of(object), object));
        return all;
    }

    /** Whether a ConfigMap or Secret changed since the last question. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    @Override
    public Optional<ObjectNode> configMap(String namespace, String name) {
        return Optional.ofNullable(configMaps.get(new PodKey(namespace, name)));
    }

    @Override
    public Optional<ObjectNode> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(new PodKey(namespace, name)));
    }

    @Override
    public Optional<String> claimFolder(String namespace, String name) {
        return Optional.ofNullable(claimFolders.get(new PodKey(namespace, name)));
    }
}
