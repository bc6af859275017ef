package io.kvcluster.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.RingTable;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EpochRuleTest {
    private static final String OTHER_ID = "00000000-0000-4000-8000-000000000000";
    private final Ring first = Rings.ring();
    private final Ring second = after(first, 2, table -> {});

    @Test
    void aNodeWithoutARingAcceptsAnyOfItsCluster() {
        assertThat(EpochRule.judge(null, "", second)).isEqualTo(new EpochRule.Accept());
        assertThat(EpochRule.judge(null, Rings.CLUSTER_ID, second)).isEqualTo(new EpochRule.Accept());
    }

    @Test
    void aDataDirectoryOfAnotherClusterRefusesEvenItsFirstRing() {
        assertThat(EpochRule.judge(null, OTHER_ID, first)).isInstanceOf(EpochRule.OtherCluster.class);
        assertThat(EpochRule.judge(first, OTHER_ID, second)).isInstanceOf(EpochRule.OtherCluster.class);
    }

    @Test
    void aNewerRingIsAcceptedAlsoWhenOthersWereMissed() {
        assertThat(EpochRule.judge(first, Rings.CLUSTER_ID, second)).isEqualTo(new EpochRule.Accept());
        assertThat(EpochRule.judge(first, after(second, 3, table -> {}))).isEqualTo(new EpochRule.Accept());
    }

    @Test
    void theSameRingAgainChangesNothing() {
        assertThat(EpochRule.judge(second, second)).isEqualTo(new EpochRule.Same());
    }

    @Test
    void anOlderRingIsRefusedAndNamesTheNewerEpoch() {
        assertThat(EpochRule.judge(second, first)).isEqualTo(new EpochRule.Older(2));
    }

    @Test
    void twoRingsOfOneEpochAreAFork() {
        Ring twin = after(first, 2, table -> table.getMembersBuilder(0).setIncarnation(7));

        assertThat(EpochRule.judge(second, twin))
                .isInstanceOfSatisfying(
                        EpochRule.Fork.class,
                        fork -> assertThat(fork.why())
                                .isEqualTo("two rings of epoch 2: " + second.hash() + " here, " + twin.hash()
                                        + " offered"));
    }

    @Test
    void aRingThatFollowsAnotherTwinIsAForkToo() {
        Ring twin = after(first, 2, table -> table.getMembersBuilder(0).setIncarnation(7));

        assertThat(EpochRule.judge(second, after(twin, 3, table -> {}))).isInstanceOf(EpochRule.Fork.class);
    }

    @Test
    void anotherClusterIdIsRefusedWhateverItsEpoch() {
        for (long epoch : new long[] {1, 2, 3}) {
            assertThat(EpochRule.judge(second, after(first, epoch, table -> table.setClusterId(OTHER_ID))))
                    .isInstanceOf(EpochRule.OtherCluster.class);
        }
    }

    @Test
    void theNumberOfPartitionsNeverChanges() {
        Ring more = after(first, 2, table -> {
            for (int p = 0; p < 8; p++) {
                table.addPartitions(table.getPartitions(p));
            }
        });

        assertThat(EpochRule.judge(first, more))
                .isEqualTo(new EpochRule.Incompatible(
                        "partitions went from 8 to 16, but their number is fixed when the cluster is made"));
    }

    @Test
    void anIndexIsNeverGivenToAnotherStore() {
        Ring reused = after(first, 2, table -> table.getMembersBuilder(1).setStoreId("00000000000000ff"));

        assertThat(EpochRule.judge(first, reused))
                .isEqualTo(new EpochRule.Incompatible("member index 1 went from store 0000000000000002 to"
                        + " 00000000000000ff, but an index is never reused"));
    }

    @Test
    void aChangedEpochNeverGoesBack() {
        Ring later = after(first, 2, table -> table.getPartitionsBuilder(4).setChangedEpoch(2));

        assertThat(EpochRule.judge(
                        later,
                        after(later, 3, table -> table.getPartitionsBuilder(4).setChangedEpoch(1))))
                .isEqualTo(new EpochRule.Incompatible("changedEpoch of partition 4 went back from 2 to 1"));
    }

    private static Ring after(Ring previous, long epoch, Consumer<RingTable.Builder> edit) {
        RingTable.Builder table = previous.table().toBuilder();
        edit.accept(table);
        table.setEpoch(epoch).setPreviousHash(epoch == 1 ? "" : previous.hash());
        return Ring.require(Rings.sealed(table));
    }
}
