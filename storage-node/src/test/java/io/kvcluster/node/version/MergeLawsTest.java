package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.version.ConflictPolicy.MetaMerge;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The laws on which convergence rests, for every record that can be written down: 100 triples a try, 100,000 in all. */
class MergeLawsTest {
    private static final int TRIPLES = 100;
    private static final List<ConflictPolicy> POLICIES =
            List.of(ConflictPolicy.LAST_WRITER_WINS, ConflictPolicy.SIBLINGS);

    private interface Law {
        void check(ConflictPolicy policy, KeyRecord a, KeyRecord b, KeyRecord c);
    }

    private static void forAll(long seed, Law law) {
        RandomVersions random = new RandomVersions(seed);
        for (ConflictPolicy policy : POLICIES) {
            for (int i = 0; i < TRIPLES / POLICIES.size(); i++) {
                law.check(policy, random.record(), random.record(), random.record());
            }
        }
    }

    private static KeyRecord join(ConflictPolicy policy, KeyRecord left, KeyRecord right) {
        return policy.merge(left, right).record();
    }

    @Property
    void mergeIsCommutative(@ForAll long seed) {
        forAll(seed, (policy, a, b, c) -> assertThat(policy.merge(a, b)).isEqualTo(policy.merge(b, a)));
    }

    @Property
    void mergeIsAssociative(@ForAll long seed) {
        forAll(
                seed,
                (policy, a, b, c) ->
                        assertThat(join(policy, join(policy, a, b), c)).isEqualTo(join(policy, a, join(policy, b, c))));
    }

    @Property
    void mergeIsIdempotent(@ForAll long seed) {
        forAll(seed, (policy, a, b, c) -> {
            assertThat(join(policy, a, a)).isEqualTo(policy.view(a));
            KeyRecord merged = join(policy, a, b);
            assertThat(join(policy, merged, b)).isEqualTo(merged);
            assertThat(join(policy, a, merged)).isEqualTo(merged);
        });
    }

    @Property
    void aKeyNeverWrittenIsNeutral(@ForAll long seed) {
        forAll(seed, (policy, a, b, c) -> {
            if (!a.siblings().isEmpty() || policy == ConflictPolicy.SIBLINGS) {
                assertThat(join(policy, a, KeyRecord.EMPTY)).isEqualTo(policy.view(a));
            }
        });
    }

    @Property
    void theLawsHoldEvenWhenAStoreStampedTwice(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (ConflictPolicy policy : POLICIES) {
            for (int i = 0; i < TRIPLES / POLICIES.size(); i++) {
                KeyRecord a = random.recordReusingDots();
                KeyRecord b = random.recordReusingDots();
                KeyRecord c = random.recordReusingDots();
                assertThat(policy.merge(a, b)).isEqualTo(policy.merge(b, a));
                assertThat(join(policy, join(policy, a, b), c)).isEqualTo(join(policy, a, join(policy, b, c)));
                assertThat(join(policy, join(policy, a, b), b)).isEqualTo(join(policy, a, b));
                assertThat(policy.merge(a, b).dotReused()).isEqualTo(reusesInView(policy, a, b));
            }
        }
    }

    /** Whether a dot that both sides show, in records of one generation, names two writes. */
    private static boolean reusesInView(ConflictPolicy policy, KeyRecord a, KeyRecord b) {
        if (a.generation() != b.generation()) {
            return false;
        }
        for (Sibling left : policy.view(a).siblings()) {
            for (Sibling right : policy.view(b).siblings()) {
                if (left.dot().equals(right.dot()) && !left.equals(right)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Property
    void lastWriterWinsKeepsTheGreatestGenerationThenTheGreatestDot(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (int i = 0; i < TRIPLES; i++) {
            KeyRecord a = random.record();
            KeyRecord b = random.record();
            KeyRecord merged = join(ConflictPolicy.LAST_WRITER_WINS, a, b);
            KeyRecord winner = a.generation() != b.generation()
                    ? (a.generation() > b.generation() ? a : b)
                    : a.greatest().isEmpty()
                                    || (b.greatest().isPresent()
                                            && a.greatest()
                                                            .get()
                                                            .compareTo(
                                                                    b.greatest().get())
                                                    < 0)
                            ? b
                            : a;
            boolean tie = a.generation() == b.generation() && a.greatest().equals(b.greatest());
            assertThat(merged.generation()).isEqualTo(winner.generation());
            assertThat(merged.siblings())
                    .isEqualTo(winner.siblings().stream().limit(1).toList());
            assertThat(merged.context()).isEqualTo(tie ? a.context().merge(b.context()) : winner.context());
        }
    }

    /** What is lost is what the kept record's writer had not seen. */
    @Property
    void discardedCountsLostUpdatesOnly(@ForAll long seed) {
        forAll(seed, (policy, a, b, c) -> {
            ConflictPolicy.Merged merged = policy.merge(a, b);
            Set<Dot> lost = new HashSet<>();
            boolean oneWins = a.generation() != b.generation()
                    || (policy == ConflictPolicy.LAST_WRITER_WINS
                            && !a.greatest().equals(b.greatest()));
            if (oneWins) {
                KeyRecord loser = merged.record().equals(policy.view(a)) ? b : a;
                loser.siblings().forEach(sibling -> lost.add(sibling.dot()));
                lost.removeIf(dot -> merged.record().context().covers(dot));
            }
            assertThat(merged.discarded()).isEqualTo(lost.size());
        });
    }

    @Property
    void metadataAloneTellsTheSameAsTheFullMerge(@ForAll long seed) {
        forAll(seed, (policy, current, incoming, c) -> sameAsFullMerge(policy, current, incoming));
    }

    @Property
    void metadataAloneTellsTheSameWhenAStoreStampedTwice(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (ConflictPolicy policy : POLICIES) {
            for (int i = 0; i < TRIPLES / POLICIES.size(); i++) {
                sameAsFullMerge(policy, random.recordReusingDots(), random.recordReusingDots());
            }
        }
    }

    private static void sameAsFullMerge(ConflictPolicy policy, KeyRecord current, KeyRecord incoming) {
        ConflictPolicy.Merged full = policy.merge(current, incoming);
        switch (policy.merge(current.meta(), incoming)) {
            case MetaMerge.CurrentCovers covers -> {
                assertThat(full.record()).isEqualTo(policy.view(current));
                assertThat(covers.discarded()).isEqualTo(full.discarded());
                assertThat(full.dotReused()).isFalse();
            }
            case MetaMerge.IncomingWins wins -> {
                assertThat(wins.merged()).isEqualTo(full);
                assertThat(full.record())
                        .as("what is held already is not written again")
                        .isNotEqualTo(current);
            }
            case MetaMerge.NeedsBoth needs ->
                assertThat(full.dotReused()
                                || !incoming.siblings()
                                        .containsAll(full.record().siblings()))
                        .as("%s: the values are really needed to merge %s with %s", needs, current, incoming)
                        .isTrue();
        }
    }

    @Property
    void equalRecordsHaveEqualDigestsAndOthersHaveOthers(@ForAll long seed) {
        forAll(seed, (policy, a, b, c) -> {
            assertThat(a.digest()).isEqualTo(a.meta().digest());
            assertThat(a.digest() == b.digest()).isEqualTo(a.equals(b));
        });
    }

    @Property
    void contextsAreSetsOfDotsThatGrow(@ForAll long seed) {
        RandomVersions random = new RandomVersions(seed);
        for (int i = 0; i < TRIPLES; i++) {
            Context a = random.context();
            Context b = random.context();
            Dot dot = random.dot();
            Context both = a.merge(b);
            assertThat(both).isEqualTo(b.merge(a)).hasSameHashCodeAs(b.merge(a));
            assertThat(both.covers(dot)).isEqualTo(a.covers(dot) || b.covers(dot));
            assertThat(both.covers(a) && both.covers(b)).isTrue();
            assertThat(a.covers(b)).isEqualTo(both.equals(a));
            assertThat(a.with(dot)).isEqualTo(a.merge(Context.of(dot)));
            assertThat(a.with(dot).covers(dot)).isTrue();
            assertThat(both.greatestHlc()).isEqualTo(Math.max(a.greatestHlc(), b.greatestHlc()));
        }
    }
}
