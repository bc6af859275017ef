package io.kvcluster.ring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingJsonTest {
    private static final String EIGHT = """
            {"replicas": [0,1,2], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [1,2,0], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [2,0,1], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [0,1,2], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [1,2,0], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [2,0,1], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [0,1,2], "read": 2, "write": 2, "changedEpoch": 1},
            {"replicas": [1,2,0], "read": 2, "write": 2, "changedEpoch": 1}
            """;

    /** Golden: another text for the same table gives another hash, and every node refuses the ring. */
    @Test
    void theCanonicalFormStaysAsItIs() {
        assertThat(RingJson.write(Rings.ring().table())).isEqualTo("""
                {
                "cluster": "demo",
                "clusterId": "6f1de0d6-55a4-4a0f-8a4e-1d6a3d1f7c01",
                "epoch": 1,
                "hash": "HASH",
                "previousHash": "",
                "mode": "LEADERLESS",
                "defaults": {"consistency": "quorum", "conflictResolution": "LastWriterWins", "durability": "Fsync", "fsyncIntervalMillis": 0},
                "members": [
                {"index": 0, "name": "demo-0", "storeId": "0000000000000001", "incarnation": 1, "address": "demo-0.demo-nodes.default.svc", "zone": "zone-0", "datacenter": "", "state": "NORMAL"},
                {"index": 1, "name": "demo-1", "storeId": "0000000000000002", "incarnation": 1, "address": "demo-1.demo-nodes.default.svc", "zone": "zone-1", "datacenter": "", "state": "NORMAL"},
                {"index": 2, "name": "demo-2", "storeId": "0000000000000003", "incarnation": 1, "address": "demo-2.demo-nodes.default.svc", "zone": "zone-2", "datacenter": "", "state": "NORMAL"}
                ],
                "partitions": [
                """.replace("HASH", GOLDEN_HASH) + EIGHT + "]\n}\n");
    }

    private static final String GOLDEN_HASH = "42a9254b42149b7e775d23b6ae6333553ae1d5a0812cd47fafe2c53b35e2eddc";

    @Test
    void aRingReadsBack() {
        assertThat(RingJson.read(RingJson.write(Rings.ring().table()))).isEqualTo(new RingCheck.Valid(Rings.ring()));
    }

    @Property(tries = 300)
    void anyTableReadsBackAndItsHashIgnoresItsHash(@ForAll("tables") RingTable table) throws Exception {
        RingTable.Builder back = RingTable.newBuilder();
        JsonFormat.parser().merge(RingJson.write(table), back);

        assertThat(back.build()).isEqualTo(table);
        assertThat(RingJson.hash(table))
                .matches("[0-9a-f]{64}")
                .isEqualTo(RingJson.hash(table.toBuilder().setHash("x").build()));
    }

    @Property(tries = 300)
    void anotherTableHasAnotherHash(@ForAll("tables") RingTable one, @ForAll("tables") RingTable other) {
        assertThat(RingJson.hash(one).equals(RingJson.hash(other)))
                .isEqualTo(one.toBuilder()
                        .clearHash()
                        .build()
                        .equals(other.toBuilder().clearHash().build()));
    }

    @Property
    void noTextMakesTheReaderThrow(@ForAll String garbage) {
        assertThat(RingJson.read(garbage)).isInstanceOf(RingCheck.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "7", "{\"cluster\": 7}", "{\"epoch\": -1}", "{\"nonsense\": 1}"})
    void whatIsNoRingIsRefused(String json) {
        assertThat(RingJson.read(json)).isInstanceOf(RingCheck.Invalid.class);
    }

    @Test
    void fieldsOfLaterVersionsAreRefusedByName() {
        String json = RingJson.write(Rings.ring().table()).replaceFirst("\"epoch\"", "\"phase\": 1,\n\"epoch\"");

        assertThat(message(json)).contains("cannot be read").contains("phase");
    }

    @Test
    void anEditByHandIsRefusedWithItsLine() {
        String json = RingJson.write(Rings.ring().table());

        assertThat(message(json.replace("\"epoch\": 1,", "\"epoch\":  1,")))
                .isEqualTo("the ring's JSON is not in canonical form from line 4 on: only the operator may write it");
        assertThat(message(json + "{}")).contains("not in canonical form");
        assertThat(message(json.replace("\"zone-1\"", "\"zone-0\""))).startsWith("hash is ");
    }

    @Test
    void aHugeTextIsRefusedBeforeItIsRead() {
        assertThat(message(" ".repeat(RingJson.MAX_BYTES + 1))).isEqualTo("the ring's JSON has more than 262144 bytes");
        assertThat(message("ü".repeat(RingJson.MAX_BYTES / 2 + 1)))
                .isEqualTo("the ring's JSON has more than 262144 bytes");
    }

    @Test
    void theLargestUsualRingFits() {
        RingTable.Builder table = Rings.table().clearMembers().clearPartitions();
        for (int i = 0; i < 60; i++) {
            table.addMembers(Rings.table()
                    .getMembersBuilder(0)
                    .setIndex(i)
                    .setName("a-name-of-thirty-characters-xx-" + i)
                    .setAddress("a-name-of-thirty-characters-xx-" + i
                            + ".a-name-of-thirty-characters-xx-nodes.namespace.svc")
                    .setStoreId(String.format("%016x", i + 1)));
        }
        for (int p = 0; p < 1024; p++) {
            table.addPartitions(Rings.table()
                    .getPartitionsBuilder(0)
                    .addAllReplicas(List.of(56, 57, 58, 59))
                    .setChangedEpoch(1));
        }
        RingTable sealed = Rings.sealed(table);

        assertThat(Ring.of(sealed)).isInstanceOf(RingCheck.Valid.class);
        assertThat(RingJson.write(sealed).getBytes(UTF_8)).hasSizeLessThan(RingJson.MAX_BYTES / 2);
    }

    private static String message(String json) {
        return ((RingCheck.Invalid) RingJson.read(json)).message();
    }

    @Provide
    Arbitrary<RingTable> tables() {
        Arbitrary<String> text =
                Arbitraries.strings().ascii().ofMaxLength(12).edgeCases(edges -> edges.add("\"\\\n\u0000\u2028ü€😀</"));
        Arbitrary<Member> members = Combinators.combine(
                        text,
                        text,
                        text,
                        Arbitraries.integers(),
                        Arbitraries.integers(),
                        Arbitraries.integers().between(0, 9))
                .as((name, store, zone, index, incarnation, state) -> Member.newBuilder()
                        .setName(name)
                        .setStoreId(store)
                        .setZone(zone)
                        .setDatacenter(name)
                        .setAddress(store)
                        .setIndex(index)
                        .setIncarnation(incarnation)
                        .setStateValue(state)
                        .build());
        Arbitrary<Partition> partitions = Combinators.combine(
                        Arbitraries.integers().list().ofMaxSize(7), Arbitraries.integers(), Arbitraries.longs())
                .as((replicas, quorum, epoch) -> Partition.newBuilder()
                        .addAllReplicas(replicas)
                        .setRead(quorum)
                        .setWrite(quorum)
                        .setChangedEpoch(epoch)
                        .build());
        return Combinators.combine(
                        text,
                        Arbitraries.longs(),
                        members.list().ofMaxSize(3),
                        partitions.list().ofMaxSize(3),
                        text,
                        Arbitraries.of(true, false))
                .as((cluster, epoch, m, p, hash, withDefaults) -> {
                    RingTable.Builder table = RingTable.newBuilder()
                            .setCluster(cluster)
                            .setClusterId(hash)
                            .setPreviousHash(cluster)
                            .setEpoch(epoch)
                            .setHash(hash)
                            .setModeValue(epoch.intValue() & 3)
                            .addAllMembers(m)
                            .addAllPartitions(p);
                    if (withDefaults) {
                        table.setDefaults(
                                Defaults.newBuilder().setConsistency(hash).setFsyncIntervalMillis(epoch.intValue()));
                    }
                    return table.build();
                });
    }
}
