package io.kvcluster.ring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;

/**
 * The canonical JSON form of a ring table: one text per table, in the protobuf mapping's names, with one line per member and
 * per partition so that people and diffs can read it. Written by own code because the hash covers these very bytes: a library
 * that changes its escaping would change every hash.
 */
public final class RingJson {
    /** A table whose canonical form is larger is no ring: it must fit a ConfigMap with room to spare. */
    public static final int MAX_BYTES = 256 * 1024;

    private RingJson() {}

    /** The canonical text; ends with a line feed. The table need not be valid. */
    public static String write(RingTable table) {
        StringBuilder out = new StringBuilder(128 + 256 * table.getMembersCount() + 72 * table.getPartitionsCount());
        out.append("{\n");
        field(out, "cluster", table.getCluster()).append(",\n");
        field(out, "clusterId", table.getClusterId()).append(",\n");
        field(out, "epoch", table.getEpoch()).append(",\n");
        field(out, "hash", table.getHash()).append(",\n");
        field(out, "previousHash", table.getPreviousHash()).append(",\n");
        field(out, "mode", table.getMode(), Mode.UNRECOGNIZED, table.getModeValue());
        out.append(",\n");
        if (table.hasDefaults()) {
            writeDefaults(out, table.getDefaults());
            out.append(",\n");
        }
        // absent, so that rings without it keep the hash that older versions know
        if (table.getNextMemberIndex() != 0) {
            field(out, "nextMemberIndex", Integer.toUnsignedLong(table.getNextMemberIndex()))
                    .append(",\n");
        }
        out.append("\"members\": [");
        for (int i = 0; i < table.getMembersCount(); i++) {
            out.append(i == 0 ? "\n" : ",\n");
            writeMember(out, table.getMembers(i));
        }
        out.append("\n],\n\"partitions\": [");
        for (int i = 0; i < table.getPartitionsCount(); i++) {
            out.append(i == 0 ? "\n" : ",\n");
            writePartition(out, table.getPartitions(i));
        }
        return out.append("\n]\n}\n").toString();
    }

    /**
     * Reads the canonical form and checks every rule of a ring. A text that says the same in another form is refused too: only
     * the operator writes it, so somebody else's hand was in it.
     */
    public static RingCheck read(String json) {
        // Cheap first: a text of n characters has at least n bytes.
        if (json.length() > MAX_BYTES || json.getBytes(UTF_8).length > MAX_BYTES) {
            return refused("the ring's JSON has more than " + MAX_BYTES + " bytes");
        }
        RingTable.Builder table = RingTable.newBuilder();
        try {
            JsonFormat.parser().merge(json, table);
        } catch (InvalidProtocolBufferException e) {
            return refused("the ring's JSON cannot be read: " + e.getMessage());
        }
        RingCheck check = Ring.of(table.build());
        String canonical = write(table.build());
        if (check instanceof RingCheck.Valid && !canonical.equals(json)) {
            return refused("the ring's JSON is not in canonical form from line " + firstDifference(canonical, json)
                    + " on: only the operator may write it");
        }
        return check;
    }

    /** Hex SHA-256 of the canonical form with field hash empty. */
    public static String hash(RingTable table) {
        return Hashing.sha256()
                .hashBytes(canonicalBytes(table.toBuilder().clearHash().build()))
                .toString();
    }

    static byte[] canonicalBytes(RingTable table) {
        return write(table).getBytes(UTF_8);
    }

    private static RingCheck refused(String problem) {
        return new RingCheck.Invalid(List.of(problem));
    }

    private static int firstDifference(String canonical, String json) {
        int end = Math.min(canonical.length(), json.length());
        int line = 1;
        for (int i = 0; i < end && canonical.charAt(i) == json.charAt(i); i++) {
            if (canonical.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    private static void writeDefaults(StringBuilder out, Defaults defaults) {
        out.append("\"defaults\": {");
        field(out, "consistency", defaults.getConsistency()).append(", ");
        field(out, "conflictResolution", defaults.getConflictResolution()).append(", ");
        field(out, "durability", defaults.getDurability()).append(", ");
        field(out, "fsyncIntervalMillis", Integer.toUnsignedLong(defaults.getFsyncIntervalMillis()));
        if (!defaults.getResolver()
                .isEmpty()) { // absent, so that rings without one keep the hash that older versions know
            field(out.append(", "), "resolver", defaults.getResolver());
        }
        out.append('}');
    }

    private static void writeMember(StringBuilder out, Member member) {
        out.append('{');
        field(out, "index", Integer.toUnsignedLong(member.getIndex())).append(", ");
        field(out, "name", member.getName()).append(", ");
        field(out, "storeId", member.getStoreId()).append(", ");
        field(out, "incarnation", Integer.toUnsignedLong(member.getIncarnation()))
                .append(", ");
        field(out, "address", member.getAddress()).append(", ");
        field(out, "zone", member.getZone()).append(", ");
        field(out, "datacenter", member.getDatacenter()).append(", ");
        field(out, "state", member.getState(), MemberState.UNRECOGNIZED, member.getStateValue());
        out.append(member.getDiskGone() ? ", \"diskGone\": true}" : "}");
    }

    private static void writePartition(StringBuilder out, Partition partition) {
        out.append('{');
        writeReplicas(out, partition.getReplicasList(), partition.getRead(), partition.getWrite());
        field(out, "changedEpoch", partition.getChangedEpoch());
        if (partition.hasMove()) {
            Move move = partition.getMove();
            out.append(", \"move\": {");
            writeReplicas(out, move.getReplicasList(), move.getRead(), move.getWrite());
            field(out, "phase", move.getPhase(), MovePhase.UNRECOGNIZED, move.getPhaseValue());
            field(out.append(", "), "copyEpoch", move.getCopyEpoch()).append('}');
        }
        out.append('}');
    }

    private static void writeReplicas(StringBuilder out, List<Integer> replicas, int read, int write) {
        out.append("\"replicas\": [");
        for (int i = 0; i < replicas.size(); i++) {
            out.append(i == 0 ? "" : ",").append(Integer.toUnsignedLong(replicas.get(i)));
        }
        out.append("], ");
        field(out, "read", Integer.toUnsignedLong(read)).append(", ");
        field(out, "write", Integer.toUnsignedLong(write)).append(", ");
    }

    private static StringBuilder field(StringBuilder out, String name, long value) {
        return out.append('"').append(name).append("\": ").append(Long.toUnsignedString(value));
    }

    private static <E extends Enum<E>> void field(StringBuilder out, String name, E value, E unrecognized, int number) {
        if (value == unrecognized) {
            field(out, name, number);
        } else {
            field(out, name, value.name());
        }
    }

    private static StringBuilder field(StringBuilder out, String name, String value) {
        out.append('"').append(name).append("\": \"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"');
    }
}
