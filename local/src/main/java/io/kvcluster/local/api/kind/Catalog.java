package io.kvcluster.local.api.kind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All kinds served now. Immutable: a changed CustomResourceDefinition makes a new catalog. */
public final class Catalog {
    private final List<ResourceKind> kinds;

    private Catalog(List<ResourceKind> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    /** The built-in kinds and those of the definitions. */
    public static Catalog of(Iterable<? extends JsonNode> definitions) {
        List<ResourceKind> kinds = new ArrayList<>(BuiltInKinds.all());
        definitions.forEach(definition -> kinds.addAll(CustomKinds.of(definition)));
        return new Catalog(kinds);
    }

    public Optional<ResourceKind> find(String group, String version, String plural) {
        return in(group, version).filter(k -> k.plural().equals(plural)).findFirst();
    }

    public Optional<ResourceKind> findByKind(String apiVersion, String kind) {
        return kinds.stream()
                .filter(k -> k.apiVersion().equals(apiVersion) && k.kind().equals(kind))
                .findFirst();
    }

    /** The kinds of one group and version, in a stable order. */
    public Stream<ResourceKind> in(String group, String version) {
        return kinds.stream().filter(k -> k.group().equals(group) && k.version().equals(version));
    }

    public Stream<ResourceKind> all() {
        return kinds.stream();
    }

    /** The named groups, without the core group. */
    public Set<String> groups() {
        Set<String> groups = new LinkedHashSet<>();
        kinds.stream().map(ResourceKind::group).filter(g -> !g.isEmpty()).forEach(groups::add);
        return groups;
    }

    public Set<String> versions(String group) {
        Set<String> versions = new LinkedHashSet<>();
        kinds.stream().filter(k -> k.group().equals(group)).forEach(k -> versions.add(k.version()));
        return versions;
    }
}
