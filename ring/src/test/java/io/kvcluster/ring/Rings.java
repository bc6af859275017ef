package io.kvcluster.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;

/** Small rings for tests. */
public final class Rings {
    public static final String CLUSTER_ID = "6f1de0d6-55a4-4a0f-8a4e-1d6a3d1f7c01";

    private Rings() {}

    public static Defaults defaults() {
        return Defaults.newBuilder()
                .setConsistency("quorum")
                .setConflictResolution("LastWriterWins")
                .setDurability("Fsync")
                .build();
    }

    /** Three members in three zones, eight partitions, all on all; without a hash. */
    public static RingTable.Builder table() {
        RingTable.Builder table = RingTable.newBuilder()
                .setCluster("demo")
                .setClusterId(CLUSTER_ID)
                .setEpoch(1)
                .setMode(Mode.LEADERLESS)
                .setDefaults(defaults());
        for (int i = 0; i < 3; i++) {
            table.addMembers(Member.newBuilder()
                    .setIndex(i)
                    .setName("demo-" + i)
                    .setStoreId("000000000000000" + (i + 1))
                    .setIncarnation(1)
                    .setAddress("demo-" + i + ".demo-nodes.default.svc")
                    .setZone("zone-" + i)
                    .setState(MemberState.NORMAL));
        }
        for (int p = 0; p < 8; p++) {
            table.addPartitions(Partition.newBuilder()
                    .addReplicas(p % 3)
                    .addReplicas((p + 1) % 3)
                    .addReplicas((p + 2) % 3)
                    .setRead(2)
                    .setWrite(2)
                    .setChangedEpoch(1));
        }
        return table;
    }

    public static RingTable sealed(RingTable.Builder table) {
        return table.setHash(RingJson.hash(table.build())).build();
    }

    /** One of the reasons is this. */
    static void assertRefused(RingTable.Builder table, String sentence) {
        assertThat(Ring.of(sealed(table)))
                .isInstanceOfSatisfying(
                        RingCheck.Invalid.class,
                        invalid -> assertThat(invalid.problems()).contains(sentence));
    }

    public static Ring ring() {
        return Ring.require(sealed(table()));
    }
}
