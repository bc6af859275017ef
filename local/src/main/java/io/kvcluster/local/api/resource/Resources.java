package io.kvcluster.local.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.Catalog;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.store.ObjectStore;
import io.kvcluster.local.api.store.Transaction;
import io.kvcluster.local.api.store.Watch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * All that can be done with objects, for the HTTP server and for the controllers of this process alike. Every method may be
 * called by any thread; each is one step on the store's thread. Objects that come out are not to be changed; objects that
 * go in are not kept. Refusals are {@link ApiError}s. The names of namespaces are empty for kinds without one.
 */
public final class Resources {
    static final ResourceKind DEFINITIONS = BuiltInKinds.CUSTOM_RESOURCE_DEFINITION;

    private final ObjectStore store;
    private final Writes writes;
    private final Deletions deletions;
    private volatile Catalog catalog;

    public Resources(ObjectStore store, Clock clock, RandomGenerator random) {
        this.store = store;
        this.catalog = store.call(tx -> Catalog.of(tx.list(DEFINITIONS.resource(), "")));
        this.writes = new Writes(clock, random);
        this.deletions = new Deletions(clock);
    }

    public Catalog catalog() {
        return catalog;
    }

    /** @throws ApiError 404 when there is none */
    public ObjectNode get(ResourceKind kind, String namespace, String name) {
        return store.call(tx -> Writes.required(tx, kind, namespace, name));
    }

    public Optional<ObjectNode> find(ResourceKind kind, String namespace, String name) {
        return store.call(tx -> tx.get(Writes.key(kind, namespace, name)));
    }

    /** The objects of a namespace, or of all when it is empty. */
    public Listing list(ResourceKind kind, String namespace, Predicate<? super ObjectNode> filter) {
        Listing all = store.call(tx -> new Listing(tx.list(kind.resource(), namespace), tx.revision()));
        return new Listing(all.items().stream().filter(filter).toList(), all.revision());
    }

    public List<ObjectNode> list(ResourceKind kind, String namespace) {
        return list(kind, namespace, object -> true).items();
    }

    /** Every object there is at one moment, by kind. */
    public Map<ResourceKind, List<ObjectNode>> everything() {
        return store.call(tx -> {
            Map<ResourceKind, List<ObjectNode>> all = new LinkedHashMap<>();
            catalog.all().forEach(kind -> all.put(kind, tx.list(kind.resource(), "")));
            return all;
        });
    }

    /** Watches every kind, beginning with the next change. */
    public Watch watchEverything() {
        return store.watchEverything();
    }

    /** Watches all objects of a kind, beginning with those that are there. */
    public Watch watch(ResourceKind kind) {
        return store.watchFromNow(kind.resource());
    }

    /** @throws ApiError 410 when changes since that revision are no longer known */
    public Watch watchAfter(ResourceKind kind, long revision) {
        return store.watchAfter(kind.resource(), revision);
    }

    public Written create(ResourceKind kind, String namespace, ObjectNode body, WriteOptions options) {
        return write(kind, tx -> writes.create(tx, kind, namespace, body.deepCopy(), options));
    }

    /** Replaces an object, or with a subresource its status or scale. */
    public Written update(
            ResourceKind kind,
            String namespace,
            String name,
            String subresource,
            ObjectNode body,
            WriteOptions options) {
        if (subresource.equals("scale")) {
            return write(kind, tx -> {
                ObjectNode old = Writes.required(tx, kind, namespace, name);
                Scaling.checkVersion(kind, old, body);
                return writes.scale(tx, kind, old, body, options);
            });
        }
        return write(kind, tx -> writes.replace(tx, kind, namespace, name, subresource, body.deepCopy(), options));
    }

    /** Patches an object, its status or its scale; server-side apply creates what is not there. */
    public Written patch(
            ResourceKind kind,
            String namespace,
            String name,
            String subresource,
            PatchType type,
            JsonNode patch,
            WriteOptions options) {
        return write(kind, tx -> writes.patch(tx, kind, namespace, name, subresource, type, patch, options));
    }

    /** Changes an object of this process's own accord: read, change, write in one step. */
    public Written edit(
            ResourceKind kind,
            String namespace,
            String name,
            String subresource,
            WriteOptions options,
            java.util.function.Consumer<ObjectNode> change) {
        return write(kind, tx -> {
            ObjectNode next = Writes.required(tx, kind, namespace, name).deepCopy();
            change.accept(next);
            return writes.replace(tx, kind, namespace, name, subresource, next, options);
        });
    }

    /** The scale of an object as {@code autoscaling/v1}. */
    public ObjectNode scale(ResourceKind kind, String namespace, String name) {
        return Scaling.of(kind, get(kind, namespace, name));
    }

    public Written delete(ResourceKind kind, String namespace, String name, DeleteOptions options) {
        return write(kind, tx -> deletions.delete(tx, kind, namespace, name, options));
    }

    /** Deletes every object that the filter accepts; returns those. */
    public List<ObjectNode> deleteAll(
            ResourceKind kind, String namespace, Predicate<? super ObjectNode> filter, DeleteOptions options) {
        List<ObjectNode> gone = new ArrayList<>();
        for (ObjectNode object : list(kind, namespace, filter).items()) {
            JsonNode metadata = object.path("metadata");
            gone.add(delete(kind, Json.text(metadata, "namespace"), Json.text(metadata, "name"), options)
                    .object());
        }
        return gone;
    }

    private interface Write {
        Written in(Transaction tx);
    }

    private Written write(ResourceKind kind, Write write) {
        return store.call(tx -> {
            Written written = write.in(tx);
            if (kind.resource().equals(DEFINITIONS.resource())) {
                catalog = Catalog.of(tx.list(DEFINITIONS.resource(), ""));
            }
            return written;
        });
    }
}
