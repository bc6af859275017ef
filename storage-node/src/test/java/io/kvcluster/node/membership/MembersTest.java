package io.kvcluster.node.membership;

import static io.kvcluster.node.membership.TestRings.first;
import static io.kvcluster.node.membership.TestRings.storeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.LocalStore;
import io.kvcluster.node.peer.PeerReport;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.SimClock;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersTest {
    @TempDir
    Path directory;

    private final SimWorld world = new SimWorld(1);
    private final SimLoop loop = new SimLoop(world, "keeper", 100);
    private List<PeerReport> reports = List.of();
    private String ownAddress = "";

    private Members members() throws IOException {
        return members(first("a", "b", "c", "d"));
    }

    private Members members(RingTable table) throws IOException {
        RingKeeper keeper = new RingKeeper(new TestIdentity(storeId("a")), new FileDisk(directory), loop);
        keeper.open();
        keeper.offer(table, "test", decision -> {});
        Members members = new Members(new Self(), keeper, () -> reports, () -> ownAddress, new SimClock(world));
        assertThat(members.nodes()).as("no ring, no members").isEmpty();
        world.runForMillis(60_000);
        return members;
    }

    @Test
    void everyMemberOfTheRingIsShownWithItsShareAndItsLife() throws IOException {
        Members members = members();
        reports = List.of(
                new PeerReport(storeId("b"), "b", true, 111, 222, "10.0.0.2", 1, true, ""),
                new PeerReport(storeId("c"), "c", false, 333, 0, "", 0, false, "connection refused"));
        List<NodeView> nodes = members.nodes();
        assertThat(nodes).extracting(NodeView::getName).containsExactly("a", "b", "c", "d");
        assertThat(nodes).extracting(NodeView::getUp).containsExactly(true, true, false, false);
        assertThat(nodes).extracting(NodeView::getZone).containsExactly("zone-0", "zone-1", "zone-2", "zone-3");
        assertThat(nodes)
                .extracting(NodeView::getAddress)
                .containsExactly(
                        "a.demo-nodes.default.svc", "10.0.0.2", "c.demo-nodes.default.svc", "d.demo-nodes.default.svc");
        assertThat(nodes).extracting(NodeView::getPartitions).containsExactly(6, 6, 6, 6);
        assertThat(nodes).extracting(NodeView::getPrimaryPartitions).containsExactly(2, 2, 2, 2);
        assertThat(nodes.get(0).getSinceEpochMillis()).isEqualTo(SimClock.START_MILLIS);
        assertThat(nodes.get(0).getLastHeartbeatEpochMillis()).isEqualTo(SimClock.START_MILLIS + 60_000);
        assertThat(nodes.get(1).getSinceEpochMillis()).isEqualTo(111);
        assertThat(nodes.get(1).getLastHeartbeatEpochMillis()).isEqualTo(222);
        assertThat(nodes.get(2).getSinceEpochMillis()).isEqualTo(333);
        assertThat(members.peers())
                .extracting(peer -> peer.getName() + peer.getUp())
                .containsExactly("btrue", "cfalse");
    }

    @Test
    void aNodeShowsItselfWhereTheOperatorSaysThatItIsReached() throws IOException {
        Members members = members();
        ownAddress = "10.0.0.1";
        assertThat(members.nodes().getFirst().getAddress()).isEqualTo("10.0.0.1");
    }

    @Test
    void aPartitionThatMovesIsMappedToBothSets() throws IOException {
        RingTable.Builder table = first("a", "b", "c", "d").toBuilder();
        table.getPartitionsBuilder(2)
                .setMove(Move.newBuilder()
                        .addAllReplicas(List.of(1, 3, 0))
                        .setRead(1)
                        .setWrite(1)
                        .setPhase(MovePhase.COPY)
                        .setCopyEpoch(1));
        Ring ring = Ring.require(TestRings.sealed(table));
        Members members = members(ring.table());
        reports = List.of(new PeerReport(storeId("b"), "b", true, 111, 222, "10.0.0.2", 1, true, ""));
        GetMappingResponse mapping = members.mapping(ring, 2);
        assertThat(mapping.getReplicasList()).extracting(NodeView::getName).containsExactly("c", "d", "a");
        assertThat(mapping.getMove().getPhase()).isEqualTo("COPY");
        assertThat(mapping.getMove().getCopyEpoch()).isEqualTo(1);
        assertThat(mapping.getMove().getReplicasList())
                .extracting(NodeView::getName)
                .containsExactly("b", "d", "a");
        assertThat(mapping.getMove().getReplicas(0).getUp()).isTrue();
        assertThat(members.mapping(ring, 3).hasMove()).isFalse();
    }

    private static final class Self implements LocalStore {
        @Override
        public String name() {
            return "a";
        }

        @Override
        public String storeId() {
            return TestRings.storeId("a");
        }

        @Override
        public int incarnation() {
            return 1;
        }

        @Override
        public String clusterId() {
            return TestRings.CLUSTER_ID;
        }

        @Override
        public String address() {
            return "a";
        }

        @Override
        public long durableLsn() {
            return 0;
        }

        @Override
        public boolean ready() {
            return true;
        }
    }
}
