package io.kvcluster.ring.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.EpochRule;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.Rings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingChangeTest {

    @Test
    void theFirstRingHasEveryMemberAndEveryPartition() {
        RingChange.Made made = (RingChange.Made) RingChange.first(first(members(6), 3, 2, 2));
        Ring ring = made.ring();

        assertThat(ring.epoch()).isEqualTo(1);
        assertThat(ring.table().getPreviousHash()).isEmpty();
        assertThat(ring.members())
                .extracting(Member::getName)
                .containsExactly("demo-0", "demo-1", "demo-2", "demo-3", "demo-4", "demo-5");
        assertThat(ring.table().getPartitionsList()).hasSize(64).allSatisfy(p -> {
            assertThat(p.getReplicasCount()).isEqualTo(3);
            assertThat(p.getRead()).isEqualTo(2);
            assertThat(p.getWrite()).isEqualTo(2);
            assertThat(p.getChangedEpoch()).isEqualTo(1);
        });
        for (int p = 0; p < 64; p++) {
            assertThat(ring.replicas(p)).extracting(Member::getZone).containsExactlyInAnyOrder("z0", "z1", "z2");
        }
        assertThat(made.distinctReplicaSets()).isEqualTo(2);
    }

    @Test
    void theOrderInWhichPodsReportDoesNotMatter() {
        List<RingChange.NewMember> reversed = members(5).reversed();

        assertThat(RingChange.first(first(reversed, 3, 2, 2))).isEqualTo(RingChange.first(first(members(5), 3, 2, 2)));
    }

    @Test
    void whatMakesNoRingIsRefusedWithTheReason() {
        assertThat(RingChange.first(first(members(2), 3, 2, 2)))
                .isEqualTo(new RingChange.Refused(
                        List.of("there are 2 members that may hold partitions, but 3 copies need 3..256")));
        assertThat(RingChange.first(first(members(3), 3, 4, 2)))
                .isInstanceOfSatisfying(
                        RingChange.Refused.class,
                        refused -> assertThat(refused.problems())
                                .contains("partitions[0].read is 4, but must be in 1..3, the number of replicas"));
        List<RingChange.NewMember> twins = new ArrayList<>(members(3));
        twins.add(twins.getFirst());
        assertThat(RingChange.first(first(twins, 3, 2, 2)))
                .isInstanceOfSatisfying(
                        RingChange.Refused.class,
                        refused -> assertThat(refused.problems().getFirst()).contains("must be unique"));
    }

    @Test
    void theNextRingIsChainedAndMarksWhatItChanged() {
        Ring first = ((RingChange.Made) RingChange.first(first(members(4), 2, 1, 2))).ring();
        Ring second = valid(
                RingChange.next(first, table -> table.getPartitionsBuilder(5).setRead(2)));
        Ring third = valid(RingChange.next(second, table -> {
            table.getPartitionsBuilder(5).setChangedEpoch(1);
            table.getMembersBuilder(0).setIncarnation(9);
        }));

        assertThat(second.epoch()).isEqualTo(2);
        assertThat(second.table().getPreviousHash()).isEqualTo(first.hash());
        assertThat(second.table().getPartitionsList())
                .extracting(Partition::getChangedEpoch)
                .filteredOn(e -> e == 2)
                .hasSize(1);
        assertThat(second.changedEpoch(5)).isEqualTo(2);
        assertThat(third.changedEpoch(5)).isEqualTo(2);
        assertThat(EpochRule.judge(first, second)).isEqualTo(new EpochRule.Accept());
        assertThat(EpochRule.judge(second, third)).isEqualTo(new EpochRule.Accept());
    }

    @Test
    void anEditThatBreaksARuleIsRefused() {
        assertThat(RingChange.next(
                        Rings.ring(), table -> table.getPartitionsBuilder(0).setWrite(9)))
                .isInstanceOf(RingCheck.Invalid.class);
        assertThat(RingChange.next(Rings.ring(), table -> table.removePartitions(7)))
                .isInstanceOf(RingCheck.Invalid.class);
    }

    private static Ring valid(RingCheck check) {
        return ((RingCheck.Valid) check).ring();
    }

    private static RingChange.First first(List<RingChange.NewMember> members, int factor, int read, int write) {
        return new RingChange.First("demo", Rings.CLUSTER_ID, members, factor, read, write, 64, Rings.defaults());
    }

    private static List<RingChange.NewMember> members(int count) {
        List<RingChange.NewMember> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new RingChange.NewMember(
                    "demo-" + i,
                    String.format("%016x", 77 + i),
                    1,
                    "demo-" + i + ".demo-nodes.default.svc",
                    "z" + i % 3));
        }
        return members;
    }
}
