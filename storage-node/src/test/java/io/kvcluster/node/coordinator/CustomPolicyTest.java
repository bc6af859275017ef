package io.kvcluster.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.ConflictPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Conflict policy Custom on three nodes: values are words, the resolver gives the union of their letters. */
class CustomPolicyTest {
    private static final long MILLIS = 1_000_000;
    private final SimulatedCluster cluster = new SimulatedCluster(5, 3, Quorum::of, ConflictPolicy.SIBLINGS);

    CustomPolicyTest() {
        cluster.lossRate = 0;
        cluster.resolver = "test";
        cluster.merge = (left, right) -> {
            TreeSet<Character> letters = new TreeSet<>();
            (left + right).chars().forEach(letter -> letters.add((char) letter));
            StringBuilder union = new StringBuilder();
            letters.forEach(union::append);
            return union.toString();
        };
    }

    private Outcome run(int node, Command command) {
        List<Outcome> outcomes = new ArrayList<>();
        cluster.submit(cluster.nodes.get(node), command, outcomes::add);
        cluster.time.runUntil(() -> !outcomes.isEmpty());
        return outcomes.getFirst();
    }

    private Outcome.Applied put(int node, String value, byte[] context) {
        return (Outcome.Applied) run(
                node,
                new Command.Put(
                        Key.of("k"),
                        value.getBytes(StandardCharsets.UTF_8),
                        context,
                        ConsistencyLevel.ALL,
                        cluster.time.now() + 1_000 * MILLIS,
                        "",
                        false));
    }

    private List<String> read(long withinMillis) {
        Outcome outcome = run(
                1,
                new Command.Get(
                        Key.of("k"), ConsistencyLevel.QUORUM, cluster.time.now() + withinMillis * MILLIS, "", false));
        assertThat(outcome).isInstanceOf(Outcome.Read.class);
        return ((Outcome.Read) outcome)
                .siblings().stream()
                        .map(version ->
                                version.deleted() ? "deleted" : new String(version.value(), StandardCharsets.UTF_8))
                        .toList();
    }

    /** What replicas hold: without a resolver the policy is that of siblings. */
    private List<String> stored() {
        String name = cluster.resolver;
        cluster.resolver = null;
        List<String> siblings = read(1_000);
        cluster.resolver = name;
        return siblings;
    }

    /** Written while nobody merges, as by two coordinators that had not seen each other. */
    private void writeSiblings(String... values) {
        cluster.resolver = null;
        for (String value : values) {
            put(0, value, new byte[0]);
        }
        cluster.resolver = "test";
    }

    @Test
    void aReadGivesTheResultAndStoresNothing() {
        writeSiblings("ab", "bc");
        assertThat(read(1_000)).containsExactly("abc");
        assertThat(stored()).containsExactly("bc", "ab");
    }

    @Test
    void aWriteIsMergedWithWhatItsCoordinatorHoldsAndStored() {
        writeSiblings("ab", "bc");
        put(2, "x", new byte[0]);
        assertThat(stored()).containsExactly("abcx");
        assertThat(read(1_000)).containsExactly("abcx");
    }

    @Test
    void aWriteWithTheContextOfWhatItReplacesIsNotMerged() {
        byte[] context = put(0, "ab", new byte[0]).contextToken();
        put(1, "x", context);
        assertThat(stored()).containsExactly("x");
    }

    @Test
    void aDeleteTakesAwayWhatItsCoordinatorSees() {
        writeSiblings("ab", "bc");
        run(
                2,
                new Command.Delete(
                        Key.of("k"),
                        new byte[0],
                        ConsistencyLevel.ALL,
                        cluster.time.now() + 1_000 * MILLIS,
                        "",
                        false));
        assertThat(read(1_000)).isEmpty();
        put(0, "new", new byte[0]);
        assertThat(read(1_000)).containsExactly("new");
    }

    @Test
    void aResolverThatThrowsLeavesTheValuesSideBySide() {
        writeSiblings("ab", "bc");
        cluster.merge = (left, right) -> {
            throw new IllegalStateException("broken");
        };
        assertThat(read(1_000)).containsExactly("bc", "ab");
        put(2, "x", new byte[0]);
        assertThat(stored()).containsExactly("x", "bc", "ab");
        assertThat(cluster.resolverFailures).containsOnly("THREW").hasSize(2);
    }

    @Test
    void aResolverThatDoesNotEndIsNotWaitedForBeyondItsLimit() {
        writeSiblings("ab", "bc");
        cluster.workerMoves = false;
        long begin = cluster.time.now();
        assertThat(read(1_000)).containsExactly("bc", "ab");
        assertThat(cluster.time.now() - begin).isLessThan(150 * MILLIS);
        assertThat(cluster.resolverFailures).containsExactly("TOO_SLOW");
        put(2, "x", new byte[0]);
        assertThat(stored()).containsExactly("x", "bc", "ab");
    }

    @Test
    void aReadWhoseDeadlineComesBeforeTheResolversLimitIsAnswered() {
        writeSiblings("ab", "bc");
        cluster.workerMoves = false;
        assertThat(read(45)).containsExactly("bc", "ab");
    }

    @Test
    void aResolverThatIsNotInstalledLeavesTheValuesSideBySide() {
        writeSiblings("ab", "bc");
        cluster.resolver = "absent";
        assertThat(read(1_000)).containsExactly("bc", "ab");
        assertThat(cluster.resolverFailures).containsExactly("MISSING");
    }
}
