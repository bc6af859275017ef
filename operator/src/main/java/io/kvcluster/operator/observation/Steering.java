package io.kvcluster.operator.observation;

import io.kvcluster.crd.KvClusterSpec;
import java.util.List;
import java.util.Optional;

/**
 * Which spec the operator follows.
 *
 * @param spec the applied one if it is valid, else the one that was valid last; empty when there never was one
 * @param problems of the applied one, as sentences; empty when it is valid
 */
public record Steering(Optional<KvClusterSpec> spec, List<String> problems) {
    public Steering {
        problems = List.copyOf(problems);
    }
}
