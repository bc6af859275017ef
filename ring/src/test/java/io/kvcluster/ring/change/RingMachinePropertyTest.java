package io.kvcluster.ring.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.EpochRule;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random wishes, outages and lost disks, in any order: every ring follows the one before, no step skips its proof, and all ends. */
class RingMachinePropertyTest {
    private static final Pace PACE = new Pace(2, 3);

    @Property(tries = 60)
    void whateverIsWantedAndWhoeverIsDownEveryStepIsLegalAndItEnds(@ForAll long seed) {
        Random random = new Random(seed);
        int zones = random.nextInt(4);
        int factor = 2 + random.nextInt(2);
        Stores stores = Stores.of(factor + 1 + random.nextInt(4), zones, factor, factor, factor);
        Wish wish = new Wish(zones, stores.ring.members().size(), factor);
        for (int i = 0; i < 60; i++) {
            wish.change(stores, random);
            disturb(stores, random);
            step(stores, wish.wanted(stores));
        }
        for (int store = 0; store < wish.nextStore; store++) {
            stores.up(store).tells(store);
        }
        stores.adoptAll = true;
        Wanted last = wish.wanted(stores);
        for (int i = 0; i < 300; i++) {
            if (!(step(stores, wish.wanted(stores)) instanceof RingMachine.Changed)) {
                assertThat(RingMachine.next(stores.ring, wish.wanted(stores), stores.reports(last), PACE))
                        .as("seed %d: %s", seed, stores.ring.table())
                        .isInstanceOfAny(RingMachine.Settled.class, RingMachine.Waiting.class);
                if (!isUnplaceable(stores, wish.wanted(stores))) {
                    assertEnded(stores, last);
                }
                return;
            }
        }
        throw new AssertionError("no end: " + stores.ring.table());
    }

    private static boolean isUnplaceable(Stores stores, Wanted wanted) {
        return RingMachine.next(stores.ring, wanted, stores.reports(wanted), PACE)
                        instanceof RingMachine.Waiting waiting
                && waiting.waits().stream().anyMatch(wait -> wait.about().equals("placement"));
    }

    private static void assertEnded(Stores stores, Wanted wanted) {
        Ring ring = stores.ring;
        for (int p = 0; p < ring.partitions(); p++) {
            assertThat(ring.moves(p)).isFalse();
            assertThat(ring.replicas(p)).hasSize(wanted.replicationFactor());
            assertThat(ring.read(p)).isEqualTo(wanted.read());
            assertThat(ring.replicas(p)).noneMatch(member -> member.getState() == MemberState.REPLACED);
        }
    }

    private static RingMachine.Next step(Stores stores, Wanted wanted) {
        Ring before = stores.ring;
        Reports reports = stores.reports(wanted);
        RingMachine.Next next = RingMachine.next(before, wanted, reports, PACE);
        assertThat(RingMachine.next(before, wanted, reports, PACE)).isEqualTo(next);
        if (next instanceof RingMachine.Changed changed) {
            assertThat(EpochRule.judge(before, changed.ring())).isEqualTo(new EpochRule.Accept());
            assertThat(changed.ring().epoch()).isEqualTo(before.epoch() + 1);
            assertSafe(before, changed.ring(), reports);
            assertPace(changed.ring());
            stores.ring = changed.ring();
        } else {
            assertThat(next).isNotInstanceOf(RingMachine.Refused.class);
        }
        return next;
    }

    /** Said again in other words than the machine's. */
    private static void assertSafe(Ring before, Ring after, Reports reports) {
        assertThat(Transitions.illegal(before, after)).isEmpty();
        for (int p = 0; p < after.partitions(); p++) {
            Set<String> then = ids(before.replicas(p));
            Set<String> now = ids(after.replicas(p));
            if (!then.equals(now)) {
                long changed = before.changedEpoch(p);
                for (Member member : before.replicas(p)) {
                    boolean passed = member.getDiskGone() || reports.adopted(member, changed);
                    assertThat(passed || !reports.live(member)).isTrue();
                }
                assertThat(now).isEqualTo(ids(before.target(p)));
            }
            boolean reads = !ids(before.readers(p)).equals(ids(after.readers(p)));
            if (reads && after.moves(p) && ids(after.readers(p)).equals(ids(after.target(p)))) {
                for (Member member : after.target(p)) {
                    if (after.joins(p, member.getStoreId())) {
                        assertThat(reports.copy(before, p, member).orElseThrow().complete())
                                .isTrue();
                    }
                }
            }
        }
        for (Member member : before.members()) {
            if (after.member(member.getStoreId()).isEmpty()) {
                assertThat(before.partitionsOf(member.getStoreId())).isEmpty();
                assertThat(member.getState()).isIn(MemberState.LEAVING, MemberState.REPLACED);
            }
        }
    }

    private static Set<String> ids(List<Member> members) {
        Set<String> ids = new HashSet<>();
        members.forEach(member -> ids.add(member.getStoreId()));
        return ids;
    }

    private static void assertPace(Ring ring) {
        Map<String, Integer> in = new TreeMap<>();
        for (int p = 0; p < ring.partitions(); p++) {
            for (Member member : ring.target(p)) {
                if (ring.joins(p, member.getStoreId())) {
                    in.merge(member.getStoreId(), 1, Integer::sum);
                }
            }
        }
        assertThat(in.values()).allMatch(count -> count <= PACE.in());
    }

    private static void disturb(Stores stores, Random random) {
        for (Member member : stores.ring.members()) {
            int store = Integer.parseInt(member.getStoreId(), 16) - 77;
            switch (random.nextInt(12)) {
                case 0 -> stores.down(store);
                case 1, 2, 3 -> stores.up(store);
                case 4 -> stores.silent(store);
                case 5, 6 -> stores.tells(store);
                default -> {}
            }
        }
        stores.adoptAll = random.nextInt(4) != 0;
    }

    /** What somebody wants, changing its mind. */
    private static final class Wish {
        private final int zones;
        private final List<RingChange.NewMember> pods = new ArrayList<>();
        private final Set<String> leave = new HashSet<>();
        private final Map<String, Boolean> replace = new TreeMap<>();
        private int nextStore;
        private int factor;

        Wish(int zones, int members, int factor) {
            this.zones = zones;
            this.nextStore = members;
            this.factor = factor;
        }

        void change(Stores stores, Random random) {
            List<Member> members = stores.ring.members();
            Member any = members.get(random.nextInt(members.size()));
            switch (random.nextInt(20)) {
                case 0 -> {
                    if (members.size() < 9) {
                        pods.add(Stores.pod(nextStore, nextStore++, zones));
                    }
                }
                case 1 -> leave.add(any.getStoreId());
                case 2, 3 -> leave.clear();
                case 4 -> {
                    if (members.size() > factor + 1) {
                        replace.put(any.getStoreId(), random.nextBoolean());
                        pods.removeIf(pod -> pod.storeId().equals(any.getStoreId()));
                    }
                }
                case 5 -> replace.values().removeIf(gone -> !gone);
                case 6 -> factor = 2 + random.nextInt(2);
                default -> {}
            }
        }

        Wanted wanted(Stores stores) {
            List<DrainProof> drained = leave.stream()
                    .map(id -> Integer.parseInt(id, 16) - 77)
                    .map(stores::drained)
                    .toList();
            pods.removeIf(pod -> leave.contains(pod.storeId()) || replace.containsKey(pod.storeId()));
            return Wanted.of(factor, factor, factor)
                    .joining(pods)
                    .leaving(leave)
                    .replacing(replace)
                    .drained(drained);
        }
    }
}
