package io.kvcluster.operator.cluster;

import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import java.util.List;
import java.util.TreeMap;

/** Pods that coordinate nothing because of their clock. Nothing the operator could do would set it. */
final class ClockSkew {
    static final String CHECK = "ClockSkew";

    private ClockSkew() {}

    static void plan(Observation world, List<Wait> waits) {
        new TreeMap<>(world.pods())
                .forEach(
                        (name, pod) -> pod.report()
                                .filter(report -> report.clockOutOfStep())
                                .ifPresent(
                                        report -> waits.add(
                                                new Wait(
                                                        CHECK,
                                                        "Pod/" + name,
                                                        "the clock of " + name
                                                                + " differs by more than 2 s from those of most members; clients are"
                                                                + " refused there with CLOCK_SKEW, its replicas serve",
                                                        "the clock of its machine is set right (time synchronization); it then goes on by itself"))));
    }
}
