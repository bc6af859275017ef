package io.kvcluster.node.simulation;

import java.util.List;
import java.util.Optional;

/** Judges what clients saw of one key. */
interface KeyCheck {
    /** @param operations of the key, in the order of their invocation. Returns the first thing that must not be */
    Optional<String> violation(List<SimOperation> operations);
}
