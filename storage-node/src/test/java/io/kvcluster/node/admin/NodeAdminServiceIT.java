package io.kvcluster.node.admin;

import static io.kvcluster.node.membership.TestRings.first;
import static io.kvcluster.node.membership.TestRings.next;
import static io.kvcluster.node.membership.TestRings.sealed;
import static io.kvcluster.node.membership.TestRings.storeId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvcluster.node.membership.AddressBook;
import io.kvcluster.node.membership.RingKeeper;
import io.kvcluster.node.membership.TestIdentity;
import io.kvcluster.node.membership.TestRings;
import io.kvcluster.node.peer.GrpcTransport;
import io.kvcluster.node.peer.PeerTarget;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.proto.admin.AddressHint;
import io.kvcluster.proto.admin.FetchRingRequest;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.proto.admin.PushRingResponse.Verdict;
import io.kvcluster.proto.admin.WatchStatusRequest;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.RingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeAdminServiceIT {
    @TempDir
    Path directory;

    private SystemEnvironment environment;
    private RingKeeper keeper;
    private GrpcTransport transport;
    private ManagedChannel channel;
    private NodeAdminService service;
    private final AtomicInteger reports = new AtomicInteger();
    private volatile List<PeerTarget> targets = List.of();

    @BeforeEach
    void start() throws IOException {
        FileDisk disk = new FileDisk(directory);
        environment = new SystemEnvironment(disk);
        Loop loop = environment.newLoop("keeper", 1_000);
        keeper = new RingKeeper(new TestIdentity(storeId("a")), disk, loop);
        AddressBook book = new AddressBook(storeId("a"), disk, loop, told -> targets = told);
        keeper.listen(loop, book::adopted);
        service = new NodeAdminService(
                keeper,
                book,
                environment.newLoop("admin", 1_000),
                () -> NodeStatus.newBuilder()
                        .setName("a")
                        .setKeys(reports.incrementAndGet())
                        .build(),
                request -> RepairResponse.newBuilder()
                        .setPartitions(request.getPartitionsCount())
                        .build());
        transport = new GrpcTransport(new GrpcTransport.Config("127.0.0.1", 0, 1), environment.network(1));
        transport.start(List.of(service));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", transport.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        transport.close();
        environment.close();
    }

    private NodeAdminServiceGrpc.NodeAdminServiceBlockingStub node() {
        return NodeAdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private PushRingResponse push(RingTable ring, AddressHint... hints) {
        return node().pushRing(PushRingRequest.newBuilder()
                .setRing(ring)
                .addAllHints(List.of(hints))
                .build());
    }

    private static AddressHint hint(String storeId, String address) {
        return AddressHint.newBuilder().setStoreId(storeId).setAddress(address).build();
    }

    @Test
    void aPushedRingIsDurableWhenTheAnswerComesAndCanBeFetched() throws IOException {
        RingTable ring = first("a", "b", "c");
        assertThat(push(ring).getVerdict()).as("before the store is open").isEqualTo(Verdict.NOT_READY);
        keeper.open();
        assertThat(node().fetchRing(FetchRingRequest.getDefaultInstance()).hasRing())
                .isFalse();

        PushRingResponse response = push(ring, hint(storeId("b"), "127.0.0.2"));
        assertThat(response.getVerdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(response.getEpoch()).isEqualTo(1);
        assertThat(response.getHash()).isEqualTo(ring.getHash());
        assertThat(Files.readString(directory.resolve("ring.json"))).isEqualTo(RingJson.write(ring));
        assertThat(node().fetchRing(FetchRingRequest.getDefaultInstance()).getRing())
                .isEqualTo(ring);
        await().untilAsserted(() -> assertThat(targets)
                .extracting(target -> target.addresses().getFirst())
                .containsExactly("127.0.0.2", "c.demo-nodes.default.svc"));
        assertThat(push(ring).getVerdict()).as("the same again").isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void everyRefusalHasItsVerdictAndTheRingInUse() throws IOException {
        keeper.open();
        RingTable one = first("a", "b", "c");
        RingTable two = next(one);
        push(two);
        assertThat(push(one).getVerdict()).isEqualTo(Verdict.OLDER);
        assertThat(push(sealed(two.toBuilder().setCluster("x"))).getVerdict()).isEqualTo(Verdict.FORK);
        assertThat(push(sealed(next(two).toBuilder().setClusterId(TestRings.OTHER_CLUSTER_ID)))
                        .getVerdict())
                .isEqualTo(Verdict.OTHER_CLUSTER);
        PushRingResponse invalid = push(next(two).toBuilder().setEpoch(99).build());
        assertThat(invalid.getVerdict()).isEqualTo(Verdict.INVALID);
        assertThat(invalid.getMessage()).contains("hash");
        assertThat(invalid.getEpoch()).isEqualTo(2);
        assertThat(invalid.getHash()).isEqualTo(two.getHash());
    }

    @Test
    void requestsThatAreWrongAreRefusedByFieldAndValue() throws IOException {
        keeper.open();
        assertThat(node().pushRing(PushRingRequest.getDefaultInstance()).getMessage())
                .isEqualTo("ring is absent");
        RingTable ring = first("a", "b", "c");
        assertThat(push(ring, hint("nonsense", "127.0.0.2")).getMessage())
                .isEqualTo("hints[0].store_id \"nonsense\" is not 16 lower-case hex digits");
        assertThat(push(ring, hint(storeId("b"), "10.0.0.1"), hint(storeId("c"), "two words"))
                        .getMessage())
                .isEqualTo("hints[1].address \"two words\" is not a host name or address");
        assertThat(push(ring, hint(storeId("c"), "")).getMessage()).contains("hints[0].address \"\"");
        PushRingRequest.Builder many = PushRingRequest.newBuilder().setRing(ring);
        for (int i = 0; i <= NodeAdminService.HINTS; i++) {
            many.addHints(hint(storeId("b"), "127.0.0.2"));
        }
        assertThat(node().pushRing(many.build()).getMessage()).isEqualTo("hints has 1025 entries, more than 1024");
        assertThat(keeper.current()).as("nothing of it was used").isNull();
    }

    @Test
    void aWatcherHearsAReportAtOnceThenEachSecondAndWhenSomethingChanges() {
        Iterator<NodeStatus> reportsHeard = node().watchStatus(WatchStatusRequest.getDefaultInstance());
        long started = environment.clock().nanos();
        assertThat(reportsHeard.next().getName()).isEqualTo("a");
        long first = environment.clock().nanos();
        reportsHeard.next();
        reportsHeard.next();
        long third = environment.clock().nanos();
        assertThat(first - started).isLessThan(2_000_000_000L);
        assertThat(third - first).isBetween(1_500_000_000L, 4_000_000_000L);
        service.reportSoon();
        reportsHeard.next();
    }

    @Test
    void watchersAreBoundedAndThoseThatLeaveMakeRoom() {
        List<Context.CancellableContext> open = new ArrayList<>();
        for (int i = 0; i < NodeAdminService.WATCHERS; i++) {
            open.add(watch());
        }
        assertThatThrownBy(() -> node().watchStatus(WatchStatusRequest.getDefaultInstance())
                        .next())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("RESOURCE_EXHAUSTED: WatchStatus has 32 watchers already");
        open.forEach(context -> context.cancel(null));
        await().ignoreException(StatusRuntimeException.class).until(() -> {
            watch().cancel(null);
            return true;
        });
    }

    @Test
    void whatIsAskedOfRepairGoesThereAndItsAnswerComesBack() {
        RepairResponse answer = node().repair(RepairRequest.newBuilder()
                .addPartitions(1)
                .addPartitions(5)
                .build());
        assertThat(answer.getPartitions()).isEqualTo(2);
    }

    private Context.CancellableContext watch() {
        Context.CancellableContext context = Context.current().withCancellation();
        try {
            context.call(() ->
                    node().watchStatus(WatchStatusRequest.getDefaultInstance()).next());
        } catch (StatusRuntimeException refused) {
            throw refused;
        } catch (Exception bug) {
            throw new AssertionError(bug);
        }
        return context;
    }
}
