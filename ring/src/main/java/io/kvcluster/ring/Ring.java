package io.kvcluster.ring;

import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A ring table that keeps every rule, with fast answers to who holds what. Immutable; any thread. */
public final class Ring {
    private final RingTable table;
    private final Map<String, Member> memberByStoreId;
    private final List<List<Member>> replicasByPartition;
    private final List<Moving> movingByPartition;

    /** What a move adds to a partition; the same lists for one that does not move. */
    private record Moving(List<Member> target, List<Member> holders, List<Member> readers) {}

    private Ring(RingTable table) {
        this.table = table;
        this.memberByStoreId = LinkedHashMap.newLinkedHashMap(table.getMembersCount());
        Map<Integer, Member> byIndex = new LinkedHashMap<>();
        for (Member member : table.getMembersList()) {
            memberByStoreId.put(member.getStoreId(), member);
            byIndex.put(member.getIndex(), member);
        }
        List<List<Member>> replicas = new ArrayList<>(table.getPartitionsCount());
        List<Moving> moving = new ArrayList<>(table.getPartitionsCount());
        for (Partition partition : table.getPartitionsList()) {
            List<Member> now =
                    partition.getReplicasList().stream().map(byIndex::get).toList();
            replicas.add(now);
            moving.add(partition.hasMove() ? moving(partition.getMove(), now, byIndex) : new Moving(now, now, now));
        }
        this.replicasByPartition = List.copyOf(replicas);
        this.movingByPartition = List.copyOf(moving);
    }

    private static Moving moving(Move move, List<Member> now, Map<Integer, Member> byIndex) {
        List<Member> target = move.getReplicasList().stream().map(byIndex::get).toList();
        Set<Member> holders = new LinkedHashSet<>(now);
        holders.addAll(target);
        return new Moving(target, List.copyOf(holders), move.getPhase() == MovePhase.READ_NEW ? target : now);
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
        return names(replicasByPartition.get(partition), storeId);
    }

    private static boolean names(List<Member> members, String storeId) {
        for (Member member : members) {
            if (member.getStoreId().equals(storeId)) {
                return true;
            }
        }
        return false;
    }

    // --- a partition that moves

    /** Whether the partition is on its way to other replicas or quorums. */
    public boolean moves(int partition) {
        return table.getPartitions(partition).hasMove();
    }

    /** The partitions that are on their way, in order. */
    public List<Integer> moving() {
        return IntStream.range(0, partitions()).filter(this::moves).boxed().toList();
    }

    /** How the partition moves; only while it does. */
    public Move move(int partition) {
        return table.getPartitions(partition).getMove();
    }

    /** The replicas after the move, primary first; the replicas when it does not move. */
    public List<Member> target(int partition) {
        return movingByPartition.get(partition).target();
    }

    /** Who takes writes: the replicas, then those that join. 1 to 14, distinct. */
    public List<Member> holders(int partition) {
        return movingByPartition.get(partition).holders();
    }

    /** Whom reads and version questions ask: the target in phase READ_NEW, else the replicas. */
    public List<Member> readers(int partition) {
        return movingByPartition.get(partition).readers();
    }

    /** Whether writes of the partition go to the store: it is a replica, or joins. */
    public boolean isHolder(int partition, String storeId) {
        return names(holders(partition), storeId);
    }

    /** Whether the store is a replica after the move, or now when the partition does not move. */
    public boolean isTarget(int partition, String storeId) {
        return names(target(partition), storeId);
    }

    /** Whether the store is to become a replica by a move and is none yet. */
    public boolean joins(int partition, String storeId) {
        return moves(partition) && isTarget(partition, storeId) && !isReplica(partition, storeId);
    }

    /** Whether the store may coordinate: as a replica always, when joining only once reads ask it. */
    public boolean coordinates(int partition, String storeId) {
        return isReplica(partition, storeId) || names(readers(partition), storeId);
    }

    /** Names the move, 0 when the partition does not move. */
    public long copyEpoch(int partition) {
        return moves(partition) ? move(partition).getCopyEpoch() : 0;
    }

    /** {@link #read} after the move. */
    public int targetRead(int partition) {
        return moves(partition) ? move(partition).getRead() : read(partition);
    }

    /** {@link #write} after the move. */
    public int targetWrite(int partition) {
        return moves(partition) ? move(partition).getWrite() : write(partition);
    }

    /** What the levels ask of the replicas. */
    public QuorumNeeds needs(int partition) {
        return QuorumNeeds.of(replicas(partition).size(), read(partition), write(partition));
    }

    /** What the levels ask of the replicas after the move. */
    public QuorumNeeds targetNeeds(int partition) {
        return QuorumNeeds.of(target(partition).size(), targetRead(partition), targetWrite(partition));
    }

    /** The partitions that a store holds or is to hold, ascending; empty for a store that is no member. */
    public List<Integer> partitionsOf(String storeId) {
        List<Integer> held = new ArrayList<>();
        for (int p = 0; p < partitions(); p++) {
            if (isHolder(p, storeId)) {
                held.add(p);
            }
        }
        return List.copyOf(held);
    }

    /** The index that the next new member gets. */
    public int nextMemberIndex() {
        int next = table.getNextMemberIndex();
        return next != 0 || table.getMembersCount() == 0
                ? next
                : table.getMembers(table.getMembersCount() - 1).getIndex() + 1;
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
