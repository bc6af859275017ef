package io.kvcluster.ring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.proto.ring.Mode;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RingTest {

    @Test
    void tellsWhoHoldsAKey() {
        Ring ring = Rings.ring();
        int partition = ring.partitionOf("hello".getBytes(UTF_8));

        assertThat(partition).isEqualTo(6);
        assertThat(ring.replicas(partition)).extracting(Member::getName).containsExactly("demo-0", "demo-1", "demo-2");
        assertThat(ring.primary(7).getName()).isEqualTo("demo-1");
        assertThat(ring.isReplica(partition, "0000000000000003")).isTrue();
        assertThat(ring.isReplica(partition, "0000000000000004")).isFalse();
        assertThat(ring.read(partition)).isEqualTo(2);
        assertThat(ring.write(partition)).isEqualTo(2);
        assertThat(ring.majority(partition)).isEqualTo(2);
        assertThat(ring.changedEpoch(partition)).isEqualTo(1);
    }

    @Test
    void tellsItsMembers() {
        Ring ring = Rings.ring();

        assertThat(ring.members()).hasSize(3);
        assertThat(ring.member("0000000000000002")).map(Member::getName).contains("demo-1");
        assertThat(ring.member("00000000000000ff")).isEmpty();
        assertThat(ring.partitionsOf("0000000000000001")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(ring.partitionsOf("00000000000000ff")).isEmpty();
    }

    @Test
    void tellsWhichRingItIs() {
        Ring ring = Rings.ring();

        assertThat(ring.epoch()).isEqualTo(1);
        assertThat(ring.cluster()).isEqualTo("demo");
        assertThat(ring.clusterId()).isEqualTo(Rings.CLUSTER_ID);
        assertThat(ring.hash()).isEqualTo(RingJson.hash(ring.table())).hasSize(64);
        assertThat(ring.partitions()).isEqualTo(8);
        assertThat(ring.defaults()).isEqualTo(Rings.defaults());
        assertThat(ring).isEqualTo(Rings.ring()).hasSameHashCodeAs(Rings.ring());
        assertThat(ring.toString()).startsWith("ring demo epoch 1 ");
    }

    @Test
    void majoritiesOfOneToSeven() {
        for (int factor = 1; factor <= 7; factor++) {
            RingTable.Builder table = Rings.table();
            for (int i = 3; i < 7; i++) {
                table.addMembers(table.getMembers(2).toBuilder()
                        .setIndex(i)
                        .setName("demo-" + i)
                        .setAddress("demo-" + i)
                        .setStoreId("000000000000000" + (i + 1)));
            }
            table.getPartitionsBuilder(0).clearReplicas().setRead(1).setWrite(1);
            for (int i = 0; i < factor; i++) {
                table.getPartitionsBuilder(0).addReplicas(i);
            }
            assertThat(Ring.require(Rings.sealed(table)).majority(0))
                    .isEqualTo(List.of(1, 2, 2, 3, 3, 4, 4).get(factor - 1));
        }
    }

    @Test
    void aReplacedMemberMayShareItsPodWithItsSuccessor() {
        RingTable.Builder table = Rings.table();
        table.getMembersBuilder(0).setState(MemberState.REPLACED);
        table.addMembers(table.getMembers(0).toBuilder()
                .setIndex(3)
                .setStoreId("0000000000000009")
                .setState(MemberState.JOINING));

        assertThat(Ring.of(Rings.sealed(table))).isInstanceOf(RingCheck.Valid.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenRules")
    void everyBrokenRuleIsASentence(String sentence, Consumer<RingTable.Builder> edit) {
        RingTable.Builder table = Rings.table();
        edit.accept(table);

        Rings.assertRefused(table, sentence);
    }

    static Stream<Arguments> brokenRules() {
        return Stream.of(
                broken("cluster is empty, but must be a DNS label", t -> t.clearCluster()),
                broken("cluster is -demo, but must be a DNS label", t -> t.setCluster("-demo")),
                broken("clusterId is 7, but must be a UUID in lower case", t -> t.setClusterId("7")),
                broken("epoch is 0, but must be in 1..2^53-1", t -> t.setEpoch(0)),
                broken("epoch is 9007199254740992, but must be in 1..2^53-1", t -> t.setEpoch(1L << 53)),
                broken("epoch is 18446744073709551615, but must be in 1..2^53-1", t -> t.setEpoch(-1)),
                broken(
                        "previousHash is " + "a".repeat(64) + ", but must be empty in epoch 1, nothing came before it",
                        t -> t.setPreviousHash("a".repeat(64))),
                broken("previousHash is empty, but must be 64 lower-case hex digits", t -> t.setEpoch(2)),
                broken("mode is MODE_UNSPECIFIED, but must be LEADERLESS", t -> t.clearMode()),
                broken("mode is UNRECOGNIZED, but must be LEADERLESS", t -> t.setModeValue(77)),
                broken(
                        "defaults.consistency is strong, but must be local, one, eventual, quorum or all",
                        t -> t.getDefaultsBuilder().setConsistency("strong")),
                broken(
                        "defaults.conflictResolution is empty, but must be LastWriterWins, Siblings or Custom",
                        t -> t.clearDefaults()),
                broken(
                        "defaults.resolver is empty, but must name a resolver (1 to 63 of a-z, 0-9 and -) with conflictResolution Custom",
                        t -> t.getDefaultsBuilder().setConflictResolution("Custom")),
                broken(
                        "defaults.resolver is My_Carts, but must name a resolver (1 to 63 of a-z, 0-9 and -) with conflictResolution Custom",
                        t -> t.getDefaultsBuilder()
                                .setConflictResolution("Custom")
                                .setResolver("My_Carts")),
                broken(
                        "defaults.resolver is carts, but must be empty without conflictResolution Custom",
                        t -> t.getDefaultsBuilder().setResolver("carts")),
                broken(
                        "defaults.durability is None, but must be Fsync or Periodic",
                        t -> t.getDefaultsBuilder().setDurability("None")),
                broken(
                        "defaults.fsyncIntervalMillis is 5, but must be 0 with durability Fsync",
                        t -> t.getDefaultsBuilder().setFsyncIntervalMillis(5)),
                broken(
                        "defaults.fsyncIntervalMillis is 0, but must be in 1..60000 with durability Periodic",
                        t -> t.getDefaultsBuilder().setDurability("Periodic")),
                broken(
                        "defaults.fsyncIntervalMillis is 60001, but must be in 1..60000 with durability Periodic",
                        t -> t.getDefaultsBuilder().setDurability("Periodic").setFsyncIntervalMillis(60_001)),
                broken("members is 0, but must name 1..1024 members", t -> t.clearMembers()),
                broken(
                        "members[1].index is 0, but must be greater than the one before it (0) and below 2^31",
                        t -> t.getMembersBuilder(1).setIndex(0)),
                broken(
                        "members[2].index is 4294967295, but must be greater than the one before it (1) and below 2^31",
                        t -> t.getMembersBuilder(2).setIndex(-1)),
                broken(
                        "members[0].name is Demo, but must be a DNS label",
                        t -> t.getMembersBuilder(0).setName("Demo")),
                broken(
                        "members[2].name is demo-0, but must be unique, but members[0] has it too",
                        t -> t.getMembersBuilder(2).setName("demo-0")),
                broken(
                        "members[0].storeId is 0000000000000000, but must be 16 lower-case hex digits, not all 0",
                        t -> t.getMembersBuilder(0).setStoreId("0000000000000000")),
                broken(
                        "members[0].storeId is 00000000000000AB, but must be 16 lower-case hex digits, not all 0",
                        t -> t.getMembersBuilder(0).setStoreId("00000000000000AB")),
                broken(
                        "members[1].storeId is 0000000000000001, but must be unique, but members[0] has it too",
                        t -> t.getMembersBuilder(1).setStoreId("0000000000000001")),
                broken(
                        "members[0].incarnation is 0, but must be at least 1",
                        t -> t.getMembersBuilder(0).clearIncarnation()),
                broken(
                        "members[0].address is empty, but must be a host name or address of 1..253 characters, without"
                                + " a port",
                        t -> t.getMembersBuilder(0).clearAddress()),
                broken(
                        "members[1].address is demo-0.demo-nodes.default.svc, but must be unique, but members[0] has it"
                                + " too",
                        t -> t.getMembersBuilder(1).setAddress("demo-0.demo-nodes.default.svc")),
                broken(
                        "members[0].zone is a zone, but must be a Kubernetes label value, at most 63 characters",
                        t -> t.getMembersBuilder(0).setZone("a zone")),
                broken(
                        "members[0].datacenter is " + "d".repeat(64)
                                + ", but must be a Kubernetes label value, at most 63 characters",
                        t -> t.getMembersBuilder(0).setDatacenter("d".repeat(64))),
                broken(
                        "members[0].state is MEMBER_STATE_UNSPECIFIED, but must be JOINING, NORMAL, LEAVING or REPLACED",
                        t -> t.getMembersBuilder(0).clearState()),
                broken(
                        "members[0].state is 9, but must be JOINING, NORMAL, LEAVING or REPLACED",
                        t -> t.getMembersBuilder(0).setStateValue(9)),
                broken("partitions is 0, but must be a power of two in 8..1024", t -> t.clearPartitions()),
                broken("partitions is 7, but must be a power of two in 8..1024", t -> t.removePartitions(7)),
                broken(
                        "partitions[3].replicas is [], but must name 1..7 members",
                        t -> t.getPartitionsBuilder(3).clearReplicas()),
                broken(
                        "partitions[3].replicas is [0, 1, 2, 0], but must name each member only once",
                        t -> t.getPartitionsBuilder(3).addReplicas(0)),
                broken(
                        "partitions[3].replicas is [0, 1, 2, 3], but must name members of this ring, but there is none"
                                + " with index 3",
                        t -> t.getPartitionsBuilder(3).addReplicas(3)),
                broken(
                        "partitions[0].read is 0, but must be in 1..3, the number of replicas",
                        t -> t.getPartitionsBuilder(0).setRead(0)),
                broken(
                        "partitions[0].write is 4, but must be in 1..3, the number of replicas",
                        t -> t.getPartitionsBuilder(0).setWrite(4)),
                broken(
                        "partitions[0].changedEpoch is 0, but must be in 1..epoch (1)",
                        t -> t.getPartitionsBuilder(0).setChangedEpoch(0)),
                broken(
                        "partitions[0].changedEpoch is 2, but must be in 1..epoch (1)",
                        t -> t.getPartitionsBuilder(0).setChangedEpoch(2)),
                broken(
                        "partitions[0] is field number 7, but is not known to this version: a newer one wrote this ring",
                        t -> t.getPartitionsBuilder(0).setUnknownFields(field(7))),
                broken(
                        "ring is field number 99, but is not known to this version: a newer one wrote this ring",
                        t -> t.setUnknownFields(field(99))));
    }

    private static Arguments broken(String sentence, Consumer<RingTable.Builder> edit) {
        return Arguments.of(sentence, edit);
    }

    private static UnknownFieldSet field(int number) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        number, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
    }

    @Test
    void aWrongHashIsRefused() {
        RingTable table =
                Rings.sealed(Rings.table()).toBuilder().setCluster("other").build();

        assertThat(Ring.of(table))
                .isEqualTo(new RingCheck.Invalid(List.of("hash is " + table.getHash()
                        + ", but must be the SHA-256 of the canonical form without it, " + RingJson.hash(table))));
    }

    @Test
    void tooLargeATableIsRefused() {
        RingTable.Builder table = Rings.table();
        for (int i = 3; i < 500; i++) {
            table.addMembers(Member.newBuilder()
                    .setIndex(i)
                    .setName("demo-" + i)
                    .setStoreId(String.format("%016x", i + 1))
                    .setIncarnation(1)
                    .setAddress("a".repeat(240) + i)
                    .setZone("z".repeat(63))
                    .setDatacenter("d".repeat(63))
                    .setState(MemberState.NORMAL));
        }
        for (int p = 8; p < 1024; p++) {
            table.addPartitions(table.getPartitionsBuilder(0)
                    .clone()
                    .clearReplicas()
                    .addAllReplicas(List.of(249, 250, 251, 252, 253, 254, 255)));
        }

        assertThat(Ring.of(Rings.sealed(table)))
                .isInstanceOfSatisfying(
                        RingCheck.Invalid.class,
                        invalid -> assertThat(invalid.message())
                                .matches("the canonical form is \\d+ bytes, but must have at most 262144 bytes"));
    }

    @Test
    void garbageIsDescribedWithinBounds() {
        RingTable.Builder table = Rings.table();
        for (int i = 0; i < 10_000; i++) {
            table.addMembers(Member.getDefaultInstance());
        }

        assertThat(Ring.of(table.build()))
                .isInstanceOfSatisfying(
                        RingCheck.Invalid.class,
                        invalid -> assertThat(invalid.problems()).hasSize(RingRules.MAX_PROBLEMS));
        assertThatThrownBy(() -> Ring.require(RingTable.getDefaultInstance()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a ring: cluster is empty, but must be a DNS label; ");
    }

    @Test
    void modesOfLaterVersionsAreRefused() {
        assertThat(Mode.values()).containsExactly(Mode.MODE_UNSPECIFIED, Mode.LEADERLESS, Mode.UNRECOGNIZED);
    }
}
