package io.kvcluster.ring;

import com.google.protobuf.Message;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of a ring table, each broken one told as a sentence. One instance looks at one table once. */
final class RingRules {
    /** A table that is garbage from end to end need not be described to its end. */
    static final int MAX_PROBLEMS = 50;

    static final int MAX_MEMBERS = 1024;
    static final int MAX_REPLICAS = 7;
    /** Above it JSON readers that use doubles would round. */
    static final long MAX_EPOCH = (1L << 53) - 1;

    static final int MAX_FSYNC_INTERVAL_MILLIS = 60_000;

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern STORE_ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([-.:A-Za-z0-9_]{0,251}[A-Za-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?");
    private static final Set<String> CONSISTENCIES = Set.of("local", "one", "eventual", "quorum", "all");
    private static final Set<String> CONFLICT_RESOLUTIONS = Set.of("LastWriterWins", "Siblings", "Custom");

    private final RingTable table;
    private final List<String> problems = new ArrayList<>();

    private RingRules(RingTable table) {
        this.table = table;
    }

    /** Every broken rule, in the order of the table; empty when it is a ring. */
    static List<String> problemsOf(RingTable table) {
        RingRules rules = new RingRules(table);
        rules.checkHeader();
        rules.checkDefaults();
        rules.checkMembers();
        rules.checkPartitions();
        if (rules.problems.isEmpty()) {
            rules.checkCanonicalForm();
        }
        return rules.problems;
    }

    private void checkHeader() {
        refuseUnknownFields("ring", table);
        require(DNS_LABEL.matcher(table.getCluster()).matches(), "cluster", table.getCluster(), "must be a DNS label");
        require(
                UUID.matcher(table.getClusterId()).matches(),
                "clusterId",
                table.getClusterId(),
                "must be a UUID in lower case");
        require(
                table.getEpoch() >= 1 && table.getEpoch() <= MAX_EPOCH,
                "epoch",
                Long.toUnsignedString(table.getEpoch()),
                "must be in 1..2^53-1");
        String previous = table.getPreviousHash();
        if (table.getEpoch() == 1) {
            require(previous.isEmpty(), "previousHash", previous, "must be empty in epoch 1, nothing came before it");
        } else {
            require(SHA256.matcher(previous).matches(), "previousHash", previous, "must be 64 lower-case hex digits");
        }
        require(table.getMode() == Mode.LEADERLESS, "mode", table.getMode(), "must be LEADERLESS");
    }

    private void checkDefaults() {
        Defaults defaults = table.getDefaults();
        refuseUnknownFields("defaults", defaults);
        require(
                CONSISTENCIES.contains(defaults.getConsistency()),
                "defaults.consistency",
                defaults.getConsistency(),
                "must be local, one, eventual, quorum or all");
        require(
                CONFLICT_RESOLUTIONS.contains(defaults.getConflictResolution()),
                "defaults.conflictResolution",
                defaults.getConflictResolution(),
                "must be LastWriterWins, Siblings or Custom");
        boolean custom = defaults.getConflictResolution().equals("Custom");
        require(
                custom
                        ? DNS_LABEL.matcher(defaults.getResolver()).matches()
                        : defaults.getResolver().isEmpty(),
                "defaults.resolver",
                defaults.getResolver(),
                custom
                        ? "must name a resolver (1 to 63 of a-z, 0-9 and -) with conflictResolution Custom"
                        : "must be empty without conflictResolution Custom");
        int interval = defaults.getFsyncIntervalMillis();
        switch (defaults.getDurability()) {
            case "Fsync" ->
                require(
                        interval == 0,
                        "defaults.fsyncIntervalMillis",
                        Integer.toUnsignedString(interval),
                        "must be 0 with durability Fsync");
            case "Periodic" ->
                require(
                        interval >= 1 && interval <= MAX_FSYNC_INTERVAL_MILLIS,
                        "defaults.fsyncIntervalMillis",
                        Integer.toUnsignedString(interval),
                        "must be in 1.." + MAX_FSYNC_INTERVAL_MILLIS + " with durability Periodic");
            default -> require(false, "defaults.durability", defaults.getDurability(), "must be Fsync or Periodic");
        }
    }

    private void checkMembers() {
        int count = table.getMembersCount();
        require(count >= 1 && count <= MAX_MEMBERS, "members", count, "must name 1.." + MAX_MEMBERS + " members");
        Map<String, Integer> positionByStoreId = new HashMap<>();
        Map<String, Integer> positionByName = new HashMap<>();
        Map<String, Integer> positionByAddress = new HashMap<>();
        long last = -1;
        for (int i = 0; i < count && !full(); i++) {
            Member member = table.getMembers(i);
            String field = "members[" + i + "]";
            checkMember(field, member);
            long index = Integer.toUnsignedLong(member.getIndex());
            require(
                    index > last && index <= Integer.MAX_VALUE,
                    field + ".index",
                    index,
                    "must be greater than the one before it (" + last + ") and below 2^31");
            last = index;
            refuseTwin(positionByStoreId, i, "storeId", member.getStoreId());
            require(
                    table.getNextMemberIndex() == 0 || index < Integer.toUnsignedLong(table.getNextMemberIndex()),
                    field + ".index",
                    index,
                    "must be below nextMemberIndex (" + Integer.toUnsignedString(table.getNextMemberIndex()) + ")");
            // The pod of a replaced store may already run again, under the same name, with a new store.
            if (member.getState() != MemberState.REPLACED) {
                refuseTwin(positionByName, i, "name", member.getName());
                refuseTwin(positionByAddress, i, "address", member.getAddress());
            }
        }
    }

    private void checkMember(String field, Member member) {
        refuseUnknownFields(field, member);
        require(
                DNS_LABEL.matcher(member.getName()).matches(),
                field + ".name",
                member.getName(),
                "must be a DNS label");
        require(
                STORE_ID.matcher(member.getStoreId()).matches()
                        && !member.getStoreId().equals("0000000000000000"),
                field + ".storeId",
                member.getStoreId(),
                "must be 16 lower-case hex digits, not all 0");
        require(
                member.getIncarnation() != 0,
                field + ".incarnation",
                Integer.toUnsignedString(member.getIncarnation()),
                "must be at least 1");
        require(
                HOST.matcher(member.getAddress()).matches(),
                field + ".address",
                member.getAddress(),
                "must be a host name or address of 1..253 characters, without a port");
        require(
                LABEL_VALUE.matcher(member.getZone()).matches(),
                field + ".zone",
                member.getZone(),
                "must be a Kubernetes label value, at most 63 characters");
        require(
                LABEL_VALUE.matcher(member.getDatacenter()).matches(),
                field + ".datacenter",
                member.getDatacenter(),
                "must be a Kubernetes label value, at most 63 characters");
        require(
                member.getState() != MemberState.MEMBER_STATE_UNSPECIFIED
                        && member.getState() != MemberState.UNRECOGNIZED,
                field + ".state",
                member.getState() == MemberState.UNRECOGNIZED ? member.getStateValue() : member.getState(),
                "must be JOINING, NORMAL, LEAVING or REPLACED");
        require(
                !member.getDiskGone() || member.getState() == MemberState.REPLACED,
                field + ".diskGone",
                member.getDiskGone(),
                "must be absent unless state is REPLACED");
    }

    private void refuseTwin(Map<String, Integer> seen, int position, String what, String value) {
        Integer twin = seen.putIfAbsent(value, position);
        require(
                twin == null,
                "members[" + position + "]." + what,
                value,
                "must be unique, but members[" + twin + "] has it too");
    }

    private void checkPartitions() {
        int count = table.getPartitionsCount();
        require(
                Partitioner.isPartitionCount(count),
                "partitions",
                count,
                "must be a power of two in " + Partitioner.MIN_PARTITIONS + ".." + Partitioner.MAX_PARTITIONS);
        Set<Integer> members = new HashSet<>();
        table.getMembersList().forEach(member -> members.add(member.getIndex()));
        for (int p = 0; p < count && !full(); p++) {
            checkPartition("partitions[" + p + "]", table.getPartitions(p), members);
        }
    }

    private void checkPartition(String field, Partition partition, Set<Integer> members) {
        refuseUnknownFields(field, partition);
        checkReplicas(field, partition.getReplicasList(), partition.getRead(), partition.getWrite(), members);
        require(
                partition.getChangedEpoch() >= 1
                        && Long.compareUnsigned(partition.getChangedEpoch(), table.getEpoch()) <= 0,
                field + ".changedEpoch",
                Long.toUnsignedString(partition.getChangedEpoch()),
                "must be in 1..epoch (" + Long.toUnsignedString(table.getEpoch()) + ")");
        if (partition.hasMove()) {
            checkMove(field, partition, members);
        }
    }

    private void checkReplicas(String field, List<Integer> replicas, int read, int write, Set<Integer> members) {
        int factor = replicas.size();
        require(
                factor >= 1 && factor <= MAX_REPLICAS,
                field + ".replicas",
                replicas,
                "must name 1.." + MAX_REPLICAS + " members");
        require(
                new HashSet<>(replicas).size() == factor,
                field + ".replicas",
                replicas,
                "must name each member only once");
        for (int replica : replicas) {
            require(
                    members.contains(replica),
                    field + ".replicas",
                    replicas,
                    "must name members of this ring, but there is none with index "
                            + Integer.toUnsignedString(replica));
        }
        requireQuorum(field + ".read", read, factor);
        requireQuorum(field + ".write", write, factor);
    }

    private void checkMove(String field, Partition partition, Set<Integer> members) {
        Move move = partition.getMove();
        String moving = field + ".move";
        refuseUnknownFields(moving, move);
        checkReplicas(moving, move.getReplicasList(), move.getRead(), move.getWrite(), members);
        boolean sameMembers = new HashSet<>(move.getReplicasList()).equals(new HashSet<>(partition.getReplicasList()));
        require(
                !sameMembers || move.getRead() != partition.getRead() || move.getWrite() != partition.getWrite(),
                moving + ".replicas",
                move.getReplicasList(),
                "must differ from " + field + ".replicas, or the quorums must");
        require(
                move.getPhase() == MovePhase.COPY
                        || move.getPhase() == MovePhase.READ_NEW
                        || move.getPhase() == MovePhase.BACK,
                moving + ".phase",
                move.getPhase() == MovePhase.UNRECOGNIZED ? move.getPhaseValue() : move.getPhase(),
                "must be COPY, READ_NEW or BACK");
        long began = move.getCopyEpoch();
        long changed = partition.getChangedEpoch();
        boolean first = move.getPhase() == MovePhase.COPY;
        require(
                began >= 1 && (first ? began == changed : Long.compareUnsigned(began, changed) < 0),
                moving + ".copyEpoch",
                Long.toUnsignedString(began),
                (first ? "must be changedEpoch (" : "must be before changedEpoch (") + Long.toUnsignedString(changed)
                        + ") in phase " + move.getPhase());
    }

    private void requireQuorum(String field, int quorum, int factor) {
        require(
                quorum >= 1 && quorum <= factor,
                field,
                Integer.toUnsignedString(quorum),
                "must be in 1.." + factor + ", the number of replicas");
    }

    /** Only for a table whose fields are right: the canonical form of anything else says nothing. */
    private void checkCanonicalForm() {
        int bytes = RingJson.canonicalBytes(table).length;
        require(
                bytes <= RingJson.MAX_BYTES,
                "the canonical form",
                bytes + " bytes",
                "must have at most " + RingJson.MAX_BYTES + " bytes");
        String expected = RingJson.hash(table);
        require(
                table.getHash().equals(expected),
                "hash",
                table.getHash(),
                "must be the SHA-256 of the canonical form without it, " + expected);
    }

    /** What this version does not understand it must not act on, nor can it compute the hash over it. */
    private void refuseUnknownFields(String field, Message message) {
        require(
                message.getUnknownFields().asMap().isEmpty(),
                field,
                "field number "
                        + message.getUnknownFields().asMap().keySet().stream()
                                .findFirst()
                                .orElse(0),
                "is not known to this version: a newer one wrote this ring");
    }

    private void require(boolean holds, String field, @Nullable Object value, String rule) {
        if (!holds && !full()) {
            problems.add(field + " is " + shown(String.valueOf(value)) + ", but " + rule);
        }
    }

    private boolean full() {
        return problems.size() >= MAX_PROBLEMS;
    }

    private static String shown(String value) {
        String shortened = value.length() <= 80 ? value : value.substring(0, 77) + "...";
        return shortened.isEmpty() ? "empty" : shortened;
    }
}
