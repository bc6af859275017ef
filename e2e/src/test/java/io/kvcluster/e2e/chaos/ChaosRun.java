package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.chaos.Replicas.Copy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All that a run has to show, after faults and clients have stopped.
 *
 * @param length of faults
 * @param kinds of fault that the target can make
 * @param copies what each replica has in the end, of every key
 * @param equalAfter from the end of all faults and operations until the replicas were equal, or the limit
 * @param digests how whole partitions compared after that
 * @param flaws of the ring and its members in the end
 * @param stuck what did not come back in time
 */
record ChaosRun(
        Duration length,
        List<FaultKind> kinds,
        List<Injected> faults,
        List<Population> populations,
        Map<String, List<Copy>> copies,
        Duration equalAfter,
        Digests.Comparison digests,
        List<String> flaws,
        List<Problem> stuck) {
    ChaosRun {
        kinds = List.copyOf(kinds);
        faults = List.copyOf(faults);
        populations = List.copyOf(populations);
        copies = Map.copyOf(copies);
        flaws = List.copyOf(flaws);
        stuck = List.copyOf(stuck);
    }
}
