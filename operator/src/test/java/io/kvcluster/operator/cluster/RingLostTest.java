package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.ring.Ring;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The ring's ConfigMap is lost, emptied, damaged, or restored from a backup, while the cluster is settled and at any moment of its moves.
 * The members know better. {@link Stage} checks that no epoch that any store ever used is written with another content, and that what comes
 * back is the newest that they use.
 */
class RingLostTest {
    private static final String THREE = "{replicas: 3, partitions: 16}";
    private static final String SIX = "{replicas: 6, partitions: 16}";
    private static final int MOST_PASSES = 30;

    private enum Loss {
        DELETED {
            @Override
            void befall(Stage stage) {
                stage.world.withoutRingMap();
            }
        },
        EMPTIED {
            @Override
            void befall(Stage stage) {
                stage.world.emptyRingMap();
            }
        },
        DAMAGED {
            @Override
            void befall(Stage stage) {
                stage.world.ringText("{\"epoch\": ");
            }
        },
        RESTORED_FROM_THE_FIRST {
            @Override
            void befall(Stage stage) {
                stage.world.writeRing(stage.written().getFirst());
            }
        },
        RESTORED_FROM_THE_ONE_BEFORE {
            @Override
            void befall(Stage stage) {
                Ring before = stage.written().get(Math.max(0, stage.written().size() - 2));
                stage.world.writeRing(before);
            }
        };

        abstract void befall(Stage stage);
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void whenSettledTheNewestRingComesBack(Loss loss) {
        Stage stage = Stage.settled(THREE).want(SIX).run();
        long epoch = stage.ring().epoch();
        stage.ringLost(loss::befall);
        assertEnds(stage.run(), 6);
        assertThat(stage.ring().epoch()).isEqualTo(epoch);
        assertThat(stage.world.ring().hash()).isEqualTo(stage.ring().hash());
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void inTheMiddleOfMovesTheyGoOnFromIt(Loss loss) {
        for (int passes = 0; passes < MOST_PASSES; passes += 2) {
            Stage up = Stage.settled(THREE).want(SIX).passes(passes);
            up.ringLost(loss::befall);
            assertEnds(up.run(), 6);
            Stage down = Stage.settled(SIX).want(THREE).passes(passes);
            down.ringLost(loss::befall);
            assertEnds(down.run(), 3);
        }
    }

    /** It has heard of nobody, so it has no ring and takes none from the ConfigMap until it heard of more than half. */
    @ParameterizedTest
    @EnumSource(Loss.class)
    void anOperatorThatStartsOnItWaitsForTheMembers(Loss loss) {
        for (int passes = 0; passes < MOST_PASSES; passes += 2) {
            Stage up = Stage.settled(THREE).want(SIX).passes(passes);
            up.ringLost(loss::befall);
            assertEnds(up.operatorRestarts().run(), 6);
            Stage down = Stage.settled(SIX).want(THREE).passes(passes);
            down.ringLost(loss::befall);
            assertEnds(down.operatorRestarts().run(), 3);
        }
    }

    private static void assertEnds(Stage stage, int members) {
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.members()).hasSize(members).allMatch(member -> member.endsWith(" NORMAL"));
        assertThat(stage.pods()).hasSize(members);
        assertThat(stage.status().phase()).isEqualTo("Ready");
        assertThat(stage.status().operation()).isNull();
    }
}
