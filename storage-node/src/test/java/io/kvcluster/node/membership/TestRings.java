package io.kvcluster.node.membership;

import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;

/** Rings of members named a, b, c ..., each partition on three of them. */
public final class TestRings {
    public static final String CLUSTER_ID = "6f1de0d6-55a4-4a0f-8a4e-1d6a3d1f7c01";
    public static final String OTHER_CLUSTER_ID = "aaaaaaaa-55a4-4a0f-8a4e-1d6a3d1f7c01";

    private TestRings() {}

    public static String storeId(String name) {
        return "%016x".formatted((long) name.charAt(0));
    }

    /** The first ring of these members. */
    public static RingTable first(String... names) {
        RingTable.Builder table = RingTable.newBuilder()
                .setCluster("demo")
                .setClusterId(CLUSTER_ID)
                .setEpoch(1)
                .setMode(Mode.LEADERLESS)
                .setDefaults(Defaults.newBuilder()
                        .setConsistency("quorum")
                        .setConflictResolution("LastWriterWins")
                        .setDurability("Fsync"));
        for (int i = 0; i < names.length; i++) {
            table.addMembers(Member.newBuilder()
                    .setIndex(i)
                    .setName(names[i])
                    .setStoreId(storeId(names[i]))
                    .setIncarnation(1)
                    .setAddress(names[i] + ".demo-nodes.default.svc")
                    .setZone("zone-" + i)
                    .setState(MemberState.NORMAL));
        }
        for (int p = 0; p < 8; p++) {
            Partition.Builder partition =
                    Partition.newBuilder().setRead(1).setWrite(1).setChangedEpoch(1);
            for (int r = 0; r < Math.min(3, names.length); r++) {
                partition.addReplicas((p + r) % names.length);
            }
            table.addPartitions(partition);
        }
        return sealed(table);
    }

    /** The ring after this one, with the same members. */
    public static RingTable next(RingTable before) {
        return sealed(follow(before));
    }

    public static RingTable.Builder follow(RingTable before) {
        return before.toBuilder().setEpoch(before.getEpoch() + 1).setPreviousHash(before.getHash());
    }

    public static RingTable sealed(RingTable.Builder table) {
        RingTable sealed =
                table.clearHash().setHash(RingJson.hash(table.build())).build();
        Ring.require(sealed);
        return sealed;
    }
}
