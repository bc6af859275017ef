package io.kvcluster.node.peer;

import com.google.protobuf.ByteString;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.WriteAnswer;
import io.kvcluster.proto.peer.WriteRequest;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks per second between two peers in one process over loopback gRPC: each of the two askers of one node keeps so many
 * writes of 1 KiB in flight. Arguments: seconds (10), in flight (50), value bytes (1024).
 */
final class PeerBench {
    private final GrpcNode from;
    private final int valueBytes;
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean running = true;

    private PeerBench(GrpcNode from, int valueBytes) {
        this.from = from;
        this.valueBytes = valueBytes;
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        int inFlight = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 50;
        int valueBytes = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1024;
        Path directory = Files.createTempDirectory("peer-bench");
        try (GrpcNode a = new GrpcNode("a", "127.0.0.1", 1, directory.resolve("a"));
                GrpcNode b = new GrpcNode("b", "127.0.0.1", 1, directory.resolve("b"))) {
            a.linkWith(b);
            while (!a.isLinkedWith("b")) {
                LockSupport.parkNanos(1_000_000);
            }
            new PeerBench(a, valueBytes).run(seconds, inFlight);
        }
    }

    private void run(int seconds, int inFlight) {
        for (int i = 0; i < inFlight; i++) {
            Loop loop = from.askers.get(i % from.askers.size());
            loop.post(() -> askAgain(loop));
        }
        var process = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (int second = 1; second <= seconds; second++) {
            long before = answered.sum();
            long frames = from.room.counters().framesSent.sum();
            long cpu = process.getProcessCpuTime();
            long until = System.nanoTime() + 1_000_000_000;
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(until - System.nanoTime());
            }
            long asks = answered.sum() - before;
            System.out.printf(
                    Locale.ROOT,
                    "second %2d: %,7d asks/s, %5.1f messages a frame, %5.1f us CPU an ask (both nodes), %d failed%n",
                    second,
                    asks,
                    asks / (double) Math.max(1, from.room.counters().framesSent.sum() - frames),
                    (process.getProcessCpuTime() - cpu) / 1e3 / Math.max(1, asks),
                    failed.sum());
        }
        running = false;
    }

    private void askAgain(Loop loop) {
        if (!running) {
            return;
        }
        PeerMessage.Builder write = PeerMessage.newBuilder()
                .setWriteRequest(WriteRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key-000000000001"))
                        .setRecord(ByteString.copyFrom(new byte[valueBytes])));
        from.room.ask(
                PeerCluster.storeIdOf("b"), write, loop, from.clock.nanos() + 5_000_000_000L, new AnswerListener() {
                    @Override
                    public void answered(PeerMessage answer) {
                        answered.increment();
                        askAgain(loop);
                    }

                    @Override
                    public void failed(PeerFailure why) {
                        failed.increment();
                        loop.post(() -> askAgain(loop));
                    }
                });
    }

    /** What a replica would say. */
    static PeerMessage.Builder written(PeerMessage request) {
        return PeerMessage.newBuilder()
                .setId(request.getId())
                .setWriteAnswer(WriteAnswer.newBuilder().setStatus(PeerStatus.OK));
    }
}
