package io.kvcluster.node;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvcluster.proto.admin.AddressHint;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.proto.admin.WatchStatusRequest;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.ring.change.RingChange;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Storage nodes as processes of their own without any Kubernetes, for measurements: starts them on loopback addresses, plays
 * the operator's part of their first ring, says "ready", and ends them when its input ends.
 */
final class NodeProcesses implements AutoCloseable {
    private static final int PARTITIONS = 64;
    private static final int START_SECONDS = 180;

    private final String subnet;
    private final List<Process> processes = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    private NodeProcesses(String subnet) {
        this.subnet = subnet;
    }

    /** Arguments: directory, number of nodes (1..9), subnet "127.x.y", then the flags of the nodes' JVMs; "{node}" in them becomes its number. */
    public static void main(String... args) throws Exception {
        Path directory = Files.createDirectories(Path.of(args[0]));
        int nodes = Integer.parseInt(args[1]);
        try (NodeProcesses all = new NodeProcesses(args[2])) {
            for (int node = 0; node < nodes; node++) {
                all.start(directory, node, List.of(args).subList(3, args.length));
            }
            all.firstRing(nodes);
            System.out.println("ready "
                    + String.join(
                            ",",
                            all.processes.stream()
                                    .map(process -> Long.toString(process.pid()))
                                    .toList()));
            while (System.in.read() >= 0) {}
        }
    }

    private String address(int node) {
        return subnet + "." + (node + 1);
    }

    private static String name(int node) {
        return "bench-" + node;
    }

    private void start(Path directory, int node, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        flags.forEach(flag -> command.add(flag.replace("{node}", Integer.toString(node))));
        command.addAll(List.of("-cp", nodeClassPath(), "io.kvcluster.node.NodeMain"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("node-" + node + ".log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "KV_CLUSTER",
                        "bench",
                        "KV_NODE_NAME",
                        name(node),
                        "KV_ZONE",
                        "zone-" + node % 3,
                        "KV_ADDRESS",
                        name(node) + ".bench-nodes.default.svc",
                        "KV_BIND_ADDRESS",
                        address(node),
                        "KV_DATA_DIR",
                        directory.resolve("node-" + node).toString(),
                        "KV_PARTITIONS",
                        Integer.toString(PARTITIONS)));
        processes.add(builder.start());
    }

    /** Without the tests' own classes, as in the image. */
    private static String nodeClassPath() {
        String tests = File.separator + "test-classes";
        return String.join(
                File.pathSeparator,
                List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                        .filter(entry -> !entry.endsWith(tests))
                        .toList());
    }

    private void firstRing(int nodes) throws InterruptedException {
        List<RingChange.NewMember> members = new ArrayList<>();
        PushRingRequest.Builder push = PushRingRequest.newBuilder();
        for (int node = 0; node < nodes; node++) {
            NodeStatus status = status(node);
            members.add(new RingChange.NewMember(
                    status.getName(),
                    status.getStoreId(),
                    status.getIncarnation(),
                    name(node) + ".bench-nodes.default.svc",
                    "zone-" + node % 3));
            push.addHints(
                    AddressHint.newBuilder().setStoreId(status.getStoreId()).setAddress(address(node)));
        }
        int copies = Math.min(3, nodes);
        RingChange.Result made = RingChange.first(new RingChange.First(
                "bench",
                "11111111-1111-4111-8111-111111111111",
                members,
                copies,
                copies / 2 + 1,
                copies / 2 + 1,
                PARTITIONS,
                Defaults.newBuilder()
                        .setConsistency("eventual")
                        .setConflictResolution("LastWriterWins")
                        .setDurability("Fsync")
                        .build()));
        push.setRing(((RingChange.Made) made).ring().table());
        for (int node = 0; node < nodes; node++) {
            PushRingResponse response = admin(node).pushRing(push.build());
            if (response.getVerdict() != PushRingResponse.Verdict.ACCEPTED) {
                throw new IllegalStateException(name(node) + " refused the ring: " + response);
            }
        }
    }

    private NodeStatus status(int node) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                return admin(node)
                        .watchStatus(WatchStatusRequest.getDefaultInstance())
                        .next();
            } catch (StatusRuntimeException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private NodeAdminServiceGrpc.NodeAdminServiceBlockingStub admin(int node) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(address(node), 50052)
                .usePlaintext()
                .build();
        channels.add(channel);
        return NodeAdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
