package io.kvcluster.local.api.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** The store as one piece of work sees it, on the store's own thread. Objects from here are not to be changed. */
public interface Transaction {
    Optional<ObjectNode> get(ObjectKey key);

    /** All objects of a collection, ordered by namespace and name; an empty namespace means all. */
    List<ObjectNode> list(String resource, String namespace);

    /** The revision of the last write. */
    long revision();

    /** Writes the object with the next revision as its resourceVersion; returns it as stored. */
    ObjectNode put(ObjectKey key, ObjectNode object);

    /** Removes an object; nothing happens when it is not there. */
    void delete(ObjectKey key);
}
