package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import io.kvcluster.ring.placement.Candidate;
import io.kvcluster.ring.placement.Placement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** Makes rings: the first, and from one ring the next. Epoch, hash, chain and changed epochs are set here and nowhere else. */
public final class RingChange {
    private RingChange() {}

    /** A pod that told its store. Zone and datacenter may be empty; weight 1 is usual. */
    public record NewMember(
            String name, String storeId, int incarnation, String address, String zone, String datacenter, int weight) {
        public NewMember(String name, String storeId, int incarnation, String address, String zone) {
            this(name, storeId, incarnation, address, zone, "", 1);
        }
    }

    /**
     * What the first ring is made of.
     *
     * @param clusterId a new UUID in lower case
     * @param replicationFactor copies of each key, 1..7 and at most the number of members
     * @param read quorum of level eventual, 1..replicationFactor
     * @param write quorum of level eventual, 1..replicationFactor
     * @param partitions a power of two, 8..1024
     */
    public record First(
            String cluster,
            String clusterId,
            List<NewMember> members,
            int replicationFactor,
            int read,
            int write,
            int partitions,
            Defaults defaults) {
        public First {
            members = List.copyOf(members);
        }
    }

    /** How it went. */
    public sealed interface Result {}

    /** @param distinctReplicaSets how many different sets of members hold partitions: fewer means fewer ways to lose data */
    public record Made(Ring ring, int distinctReplicaSets) implements Result {}

    public record Refused(List<String> problems) implements Result {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** The ring of epoch 1. The same input makes the same ring, whatever the order of its members. */
    public static Result first(First first) {
        List<NewMember> members = first.members().stream()
                .sorted(Comparator.comparing(NewMember::name).thenComparing(NewMember::storeId))
                .toList();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            candidates.add(
                    new Candidate(i, members.get(i).zone(), members.get(i).weight()));
        }
        return switch (Placement.place(candidates, List.of(), first.replicationFactor(), first.partitions())) {
            case Placement.Unplaceable(String why) -> new Refused(List.of(why));
            case Placement.Placed placed -> sealed(first, members, placed);
        };
    }

    private static Result sealed(First first, List<NewMember> members, Placement.Placed placed) {
        RingTable.Builder table = RingTable.newBuilder()
                .setCluster(first.cluster())
                .setClusterId(first.clusterId())
                .setEpoch(1)
                .setMode(Mode.LEADERLESS)
                .setDefaults(first.defaults());
        for (int i = 0; i < members.size(); i++) {
            NewMember member = members.get(i);
            table.addMembers(Member.newBuilder()
                    .setIndex(i)
                    .setName(member.name())
                    .setStoreId(member.storeId())
                    .setIncarnation(member.incarnation())
                    .setAddress(member.address())
                    .setZone(member.zone())
                    .setDatacenter(member.datacenter())
                    .setState(MemberState.NORMAL));
        }
        for (List<Integer> replicas : placed.target()) {
            table.addPartitions(Partition.newBuilder()
                    .addAllReplicas(replicas)
                    .setRead(first.read())
                    .setWrite(first.write())
                    .setChangedEpoch(1));
        }
        return switch (Ring.of(withHash(table))) {
            case RingCheck.Valid(Ring ring) -> new Made(ring, placed.distinctReplicaSets());
            case RingCheck.Invalid(List<String> problems) -> new Refused(problems);
        };
    }

    /**
     * The ring that follows another: epoch one larger, chained to it by hash, changedEpoch set on every partition that the
     * edit changed and kept on every other, whatever the edit wrote there.
     */
    public static RingCheck next(Ring previous, Consumer<RingTable.Builder> edit) {
        RingTable.Builder table = previous.table().toBuilder();
        edit.accept(table);
        table.setEpoch(previous.epoch() + 1).setPreviousHash(previous.hash());
        for (int p = 0; p < table.getPartitionsCount() && p < previous.partitions(); p++) {
            Partition before = previous.table().getPartitions(p);
            Partition after = table.getPartitions(p).toBuilder()
                    .setChangedEpoch(before.getChangedEpoch())
                    .build();
            table.setPartitions(
                    p,
                    after.equals(before)
                            ? before
                            : after.toBuilder()
                                    .setChangedEpoch(table.getEpoch())
                                    .build());
        }
        return Ring.of(withHash(table));
    }

    /** The finished table with its hash set. */
    public static RingTable withHash(RingTable.Builder table) {
        return table.setHash(RingJson.hash(table.build())).build();
    }
}
