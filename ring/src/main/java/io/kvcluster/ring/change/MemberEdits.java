package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Who is a member, and as what. Nobody is given up, drained or removed because nothing is known of it. */
final class MemberEdits {
    private final Draft draft;
    private final Ring ring;
    private final Wanted wanted;
    private final Reports reports;

    MemberEdits(Draft draft, Wanted wanted, Reports reports) {
        this.draft = draft;
        this.ring = draft.ring();
        this.wanted = wanted;
        this.reports = reports;
    }

    void make() {
        for (Member member : ring.members()) {
            switch (member.getState()) {
                case NORMAL, JOINING -> ofMember(member);
                case LEAVING -> ofLeaving(member);
                case REPLACED -> ofReplaced(member);
                case MEMBER_STATE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalStateException("a ring with a state that is none: " + member);
            }
        }
        wanted.join().forEach(this::join);
    }

    private void ofMember(Member member) {
        if (wanted.replace().containsKey(member.getStoreId())) {
            replace(member);
        } else if (wanted.leave().contains(member.getStoreId())) {
            Optional<String> obstacle = Departure.obstacle(ring, wanted, reports, member);
            if (obstacle.isPresent()) {
                draft.wait(member.getName(), obstacle.get());
            } else {
                draft.change(in(member, MemberState.LEAVING), member.getName() + " begins to leave");
            }
        }
    }

    private void ofLeaving(Member member) {
        if (wanted.replace().containsKey(member.getStoreId())) {
            replace(member);
            return;
        }
        if (!wanted.leave().contains(member.getStoreId())) {
            draft.change(in(member, MemberState.NORMAL), member.getName() + " stays after all");
            return;
        }
        List<DrainProof> proofs = wanted.drained().stream()
                .filter(proof -> proof.storeId().equals(member.getStoreId()))
                .toList();
        for (DrainProof proof : proofs) {
            Optional<String> obstacle = proof.obstacle(ring, member);
            if (obstacle.isEmpty()) {
                draft.remove(member, member.getName() + " is drained and leaves the ring");
                return;
            }
            draft.wait(member.getName(), "is not drained: " + obstacle.get());
        }
    }

    private void ofReplaced(Member member) {
        boolean nowGone = wanted.replace().getOrDefault(member.getStoreId(), false);
        if (ring.partitionsOf(member.getStoreId()).isEmpty()) {
            draft.remove(member, member.getName() + " is replaced everywhere and leaves the ring");
        } else if (!member.getDiskGone() && !wanted.replace().containsKey(member.getStoreId())) {
            draft.change(in(member, MemberState.NORMAL), member.getName() + " is back and stays");
        } else if (nowGone && !member.getDiskGone()) {
            draft.change(
                    member.toBuilder().setDiskGone(true).build(),
                    "the disk of " + member.getName() + " is known to be gone");
        }
    }

    private void replace(Member member) {
        Optional<String> brake = Brakes.obstacle(draft, reports, member);
        if (brake.isPresent()) {
            draft.wait(member.getName(), brake.get());
            return;
        }
        boolean gone = wanted.replace().getOrDefault(member.getStoreId(), false);
        draft.change(
                member.toBuilder()
                        .setState(MemberState.REPLACED)
                        .setDiskGone(gone)
                        .build(),
                member.getName() + " is given up" + (gone ? ", its disk is gone" : ""));
    }

    private void join(RingChange.NewMember pod) {
        if (ring.member(pod.storeId()).isPresent()) {
            return;
        }
        Set<String> taken = new TreeSet<>();
        draft.members().stream()
                .filter(member -> member.getState() != MemberState.REPLACED)
                .forEach(member -> taken.add(member.getName()));
        if (taken.contains(pod.name())) {
            draft.wait(
                    pod.name(),
                    "has store " + pod.storeId() + ", but the ring names it with another one that is not given up");
            return;
        }
        draft.add(
                Member.newBuilder()
                        .setName(pod.name())
                        .setStoreId(pod.storeId())
                        .setIncarnation(pod.incarnation())
                        .setAddress(pod.address())
                        .setZone(pod.zone())
                        .setDatacenter(pod.datacenter())
                        .setState(MemberState.JOINING),
                pod.name() + " joins with store " + pod.storeId());
    }

    private static Member in(Member member, MemberState state) {
        return member.toBuilder().setState(state).build();
    }
}
