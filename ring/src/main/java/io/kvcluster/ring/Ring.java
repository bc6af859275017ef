package io.kvcluster.ring;

import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A ring table that keeps every rule, with fast answers to who holds what. Immutable; any thread. */
public final class Ring {
    private final RingTable table;
    private final Map<String, Member> memberByStoreId;
    private final List<List<Member>> replicasByPartition;

    private Ring(RingTable table) {
        this.table = table;
        this.memberByStoreId = LinkedHashMap.newLinkedHashMap(table.getMembersCount());
        Map<Integer, Member> byIndex = new LinkedHashMap<>();
        for (Member member : table.getMembersList()) {
            memberByStoreId.put(member.getStoreId(), member);
            byIndex.put(member.getIndex(), member);
        }
        List<List<Member>> replicas = new ArrayList<>(table.getPartitionsCount());
        for (Partition partition : table.getPartitionsList()) {
            replicas.add(partition.getReplicasList().stream().map(byIndex::get).toList());
        }
        this.replicasByPartition = List.copyOf(replicas);
    }

    /** Looks at every rule of a ring table. */
    public static RingCheck of(RingTable table) {
        List<String> problems = RingRules.problemsOf(table);
        return problems.isEmpty() ? new RingCheck.Valid(new Ring(table)) : new RingCheck.Invalid(problems);
    }

    /** For a table that this process made or checked before. @throws IllegalArgumentException naming every broken rule */
    public static Ring require(RingTable table) {
        return switch (of(table)) {
            case RingCheck.Valid(Ring ring) -> ring;
            case RingCheck.Invalid invalid -> throw new IllegalArgumentException("not a ring: " + invalid.message());
        };
    }

    /** As on the wire and on disk. */
    public RingTable table() {
        return table;
    }

    public String cluster() {
        return table.getCluster();
    }

    /** UUID in lower case. */
    public String clusterId() {
        return table.getClusterId();
    }

    /** From 1, greater with each change. */
    public long epoch() {
        return table.getEpoch();
    }

    /** SHA-256 of the canonical form, 64 hex digits. */
    public String hash() {
        return table.getHash();
    }

    public Defaults defaults() {
        return table.getDefaults();
    }

    /** In the order of their indexes. */
    public List<Member> members() {
        return table.getMembersList();
    }

    /** By store id, 16 lower-case hex digits. */
    public Optional<Member> member(String storeId) {
        return Optional.ofNullable(memberByStoreId.get(storeId));
    }

    /** A power of two, 8 to 1024. */
    public int partitions() {
        return replicasByPartition.size();
    }

    /** The partition of a key of any length, 0 to {@code partitions() - 1}. */
    public int partitionOf(byte[] key) {
        return Partitioner.partition(key, partitions());
    }

    /** The members that hold a partition, primary first; 1 to 7, distinct. */
    public List<Member> replicas(int partition) {
        return replicasByPartition.get(partition);
    }

    public Member primary(int partition) {
        return replicasByPartition.get(partition).getFirst();
    }

    public boolean isReplica(int partition, String storeId) {
        for (Member replica : replicasByPartition.get(partition)) {
            if (replica.getStoreId().equals(storeId)) {
                return true;
            }
        }
        return false;
    }

    /** The partitions that a store holds, ascending; empty for a store that is no member. */
    public List<Integer> partitionsOf(String storeId) {
        List<Integer> held = new ArrayList<>();
        for (int p = 0; p < partitions(); p++) {
            if (isReplica(p, storeId)) {
                held.add(p);
            }
        }
        return List.copyOf(held);
    }

    /** How many replicas a read at level {@code eventual} asks for, 1 to N. */
    public int read(int partition) {
        return table.getPartitions(partition).getRead();
    }

    /** How many acknowledgements a write at level {@code eventual} needs, 1 to N. */
    public int write(int partition) {
        return table.getPartitions(partition).getWrite();
    }

    /** Level {@code quorum}: floor(N / 2) + 1. */
    public int majority(int partition) {
        return replicasByPartition.get(partition).size() / 2 + 1;
    }

    /** The epoch of the last ring that changed the partition: messages of an older one are refused. */
    public long changedEpoch(int partition) {
        return table.getPartitions(partition).getChangedEpoch();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ring ring && table.equals(ring.table);
    }

    @Override
    public int hashCode() {
        return table.hashCode();
    }

    @Override
    public String toString() {
        return "ring " + cluster() + " epoch " + epoch() + " " + hash().substring(0, 12);
    }
}
