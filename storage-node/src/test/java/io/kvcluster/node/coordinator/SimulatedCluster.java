package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.peer.AnswerListener;
import io.kvcluster.node.peer.PeerFailure;
import io.kvcluster.node.peer.PeerRequestHandler;
import io.kvcluster.node.peer.Peers;
import io.kvcluster.node.replica.EpochGate;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.replica.ReplicaEvents;
import io.kvcluster.node.replica.Replicas;
import io.kvcluster.node.resolver.ResolverEvents;
import io.kvcluster.node.resolver.Resolvers;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.resolver.ConflictResolver;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.RingChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Production coordinators and replicas of a few nodes on one virtual-time queue, with a network that delays, reorders,
 * duplicates and loses, processes that crash and pause, disks that lose what was not forced, and clocks that differ and jump.
 * One seed, one run.
 */
final class SimulatedCluster {
    private static final int PARTITIONS = 8;
    private static final long MILLIS = 1_000_000;

    final VirtualTime time = new VirtualTime();
    final Random random;
    final List<SimulatedNode> nodes = new ArrayList<>();
    final Ring ring;
    private final Quorum.Rule rule;
    double lossRate = 0.01;

    /** The name of the resolver in force, null for none; takes effect at once on every node. */
    @Nullable String resolver;

    /** What it does, and whether the worker that calls it moves. */
    BinaryOperator<String> merge = (left, right) -> left;

    boolean workerMoves = true;
    final List<String> resolverFailures = new ArrayList<>();
    private final Coordination.Custom custom = new Coordination.Custom(
            () -> resolver,
            new Resolvers(
                    Map.of("test", new TextResolver()),
                    new Environment.Worker() {
                        @Override
                        public boolean offer(Runnable task) {
                            time.after(MILLIS / 2, () -> {
                                if (workerMoves) {
                                    task.run();
                                }
                            });
                            return true;
                        }

                        @Override
                        public void close() {}
                    },
                    new ResolverEvents() {
                        @Override
                        public void failed(Failure why) {
                            resolverFailures.add(why.name());
                        }
                    }));
    int readRepairs;

    /** Whether operations tell of their way, and what they told. */
    boolean traced;

    final List<String> told = new ArrayList<>();
    int conflictsDiscarded;

    SimulatedCluster(long seed, int size, Quorum.Rule rule, ConflictPolicy policy) {
        this.random = new Random(seed);
        this.rule = rule;
        this.ring = firstRing(size, policy.equals(ConflictPolicy.SIBLINGS) ? "Siblings" : "LastWriterWins");
        IntStream.range(0, size).forEach(i -> nodes.add(new SimulatedNode(i)));
        nodes.forEach(SimulatedNode::boot);
    }

    private static Ring firstRing(int size, String policy) {
        List<RingChange.NewMember> members = IntStream.range(0, size)
                .mapToObj(i -> new RingChange.NewMember("node-" + i, storeId(i), 1, "node-" + i, "zone-" + i % 3))
                .toList();
        RingChange.Result result = RingChange.first(new RingChange.First(
                "sim",
                "00000000-0000-4000-8000-000000000001",
                members,
                Math.min(3, size),
                Math.min(2, size),
                Math.min(2, size),
                PARTITIONS,
                Defaults.newBuilder()
                        .setConsistency("quorum")
                        .setConflictResolution(policy)
                        .setDurability("Fsync")
                        .build()));
        return switch (result) {
            case RingChange.Made made -> made.ring();
            case RingChange.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }

    private final class TextResolver implements ConflictResolver {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public byte[] merge(byte[] key, byte[] left, byte[] right) {
            return merge.apply(new String(left, StandardCharsets.UTF_8), new String(right, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    private static String storeId(int node) {
        return HexFormat.of().toHexDigits((long) node + 1);
    }

    /** One machine: its disk and clock stay when its process dies. */
    final class SimulatedNode {
        final int number;
        final SimulatedStore disk = new SimulatedStore(time, random);
        int incarnation;
        boolean up;
        long pausedUntil;
        long clockOffsetMillis;
        boolean cutOff;
        /** Others have no link with it, and have not yet noticed that it may be down. */
        boolean unlinked;

        /** What its peers' room says of its clock. */
        @Nullable String outOfStep;

        /** What this node has adopted. */
        Ring current = ring;

        private long life;

        @Nullable Coordination coordination;

        private @Nullable PeerRequestHandler requests;
        private @Nullable NodeHlc hlc;

        SimulatedNode(int number) {
            this.number = number;
        }

        void boot() {
            incarnation++;
            up = true;
            long mine = ++life;
            VirtualTime.ProcessLoop loop = time.new ProcessLoop(() -> up && life == mine, () -> pausedUntil);
            Clock clock = new Clock() {
                @Override
                public long wallMillis() {
                    return 1_000_000 + time.now() / MILLIS + clockOffsetMillis;
                }

                @Override
                public long nanos() {
                    return time.now();
                }
            };
            RecordStore store = disk.openedBy(loop);
            Actor actor = new Actor(HexFormat.fromHexDigitsToLong(storeId(number)), incarnation);
            NodeHlc nodeHlc = new NodeHlc(clock::wallMillis, store.hlcFloor());
            Peers peers = new SimulatedPeers(this, mine);
            RingPolicies policies = new RingPolicies(() -> current);
            List<PartitionReplica> replicas = Replicas.of(
                    PARTITIONS,
                    List.of(loop),
                    new Replicas.Shared(
                            actor,
                            store,
                            new EpochGate(() -> current, actor.storeIdText()),
                            policies,
                            nodeHlc::newClock,
                            nodeHlc::greatest,
                            nodeHlc::given,
                            new QuietReplicaEvents(),
                            true));
            Coordination made = new Coordination(
                    new Coordination.Setup(
                            "node-" + number,
                            storeId(number),
                            clock,
                            () -> current,
                            policies,
                            replicas,
                            List.of(loop),
                            peers,
                            nodeHlc,
                            OperationSettings.DEFAULT,
                            custom),
                    new CountingEvents("node-" + number),
                    rule);
            coordination = made;
            requests = made.requests();
            hlc = nodeHlc;
            made.open();
        }

        void crash() {
            up = false;
            life++;
            disk.crash();
        }

        boolean reachable() {
            return up && !cutOff;
        }

        String storeIdText() {
            return storeId(number);
        }
    }

    /** The ring that follows, with another conflict policy; nodes have to be told. */
    static Ring withPolicy(Ring before, String policy) {
        return switch (RingChange.next(
                before, table -> table.getDefaultsBuilder().setConflictResolution(policy))) {
            case RingCheck.Valid(Ring next) -> next;
            case RingCheck.Invalid invalid -> throw new IllegalStateException(invalid.message());
        };
    }

    /** Sends a client's command to a node; the answer may be lost with the node. */
    void submit(SimulatedNode node, Command command, Consumer<Outcome> done) {
        Coordination coordination = node.coordination;
        if (!node.up || coordination == null) {
            done.accept(new Outcome.NotApplied(io.kvcluster.node.command.Reason.STARTING, true, "connection refused"));
            return;
        }
        long life = node.life;
        coordination.handler().handle(command, outcome -> {
            if (node.life == life) {
                done.accept(outcome);
            }
        });
    }

    static Command get(String key, long deadline) {
        return new Command.Get(Key.of(key), ConsistencyLevel.QUORUM, deadline, "", false);
    }

    private long networkDelay() {
        // mostly fast, sometimes slow enough for a hedge
        return random.nextInt(20) == 0 ? random.nextInt(40_000_000) : 50_000 + random.nextInt(1_500_000);
    }

    private final class SimulatedPeers implements Peers {
        private final SimulatedNode self;
        private final long life;
        private long ids;

        SimulatedPeers(SimulatedNode self, long life) {
            this.self = self;
            this.life = life;
        }

        @Override
        public void ask(
                String storeId, PeerMessage.Builder request, Loop loop, long deadlineNanos, AnswerListener listener) {
            SimulatedNode to = byStoreId(storeId);
            boolean[] ended = new boolean[1];
            if (!to.up || to.unlinked) {
                loop.post(() -> listener.failed(PeerFailure.NOT_SENT));
                return;
            }
            PeerMessage message = request.setId(++ids).build();
            loop.after(Math.max(0, deadlineNanos - time.now()), () -> {
                if (!ended[0]) {
                    ended[0] = true;
                    listener.failed(PeerFailure.TIMEOUT);
                }
            });
            long hlcSent = self.hlc.current();
            int copies = random.nextInt(50) == 0 ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                transmit(
                        self,
                        to,
                        () -> arrived(to, message, hlcSent, answer -> {
                            long hlcBack = to.hlc.current();
                            PeerMessage built = answer.build();
                            transmit(
                                    to,
                                    self,
                                    () -> loop.post(() -> {
                                        if (!ended[0] && self.life == life && self.hlc.tryObserve(hlcBack)) {
                                            ended[0] = true;
                                            listener.answered(built);
                                        }
                                    }));
                        }));
            }
        }

        private void arrived(
                SimulatedNode to, PeerMessage message, long hlcSent, Consumer<PeerMessage.Builder> answer) {
            if (to.hlc.tryObserve(hlcSent)) {
                to.requests.handle(self.storeIdText(), List.of(message), answer::accept);
            }
        }

        private void transmit(SimulatedNode from, SimulatedNode to, Runnable delivery) {
            if (random.nextDouble() < lossRate || from.cutOff || to.cutOff) {
                return;
            }
            long receiver = to.life;
            time.after(networkDelay(), () -> deliver(to, receiver, delivery));
        }

        private void deliver(SimulatedNode to, long receiver, Runnable delivery) {
            if (!to.up || to.life != receiver || to.cutOff) {
                return;
            }
            if (to.pausedUntil > time.now()) {
                time.at(to.pausedUntil, () -> deliver(to, receiver, delivery));
            } else {
                delivery.run();
            }
        }

        @Override
        public void askInBulk(
                String storeId, PeerMessage.Builder request, Loop loop, long deadlineNanos, AnswerListener listener) {
            ask(storeId, request, loop, deadlineNanos, listener);
        }

        @Override
        public boolean tell(String storeId, PeerMessage.Builder message) {
            return false;
        }

        @Override
        public @Nullable String outOfStep() {
            return self.outOfStep;
        }

        @Override
        public int protocol(String storeId) {
            return 2;
        }

        @Override
        public boolean isUp(String storeId) {
            // suspicion lags the truth: a paused or cut-off node still looks alive
            return byStoreId(storeId).up;
        }

        private SimulatedNode byStoreId(String storeId) {
            return nodes.get((int) HexFormat.fromHexDigitsToLong(storeId) - 1);
        }
    }

    private final class QuietReplicaEvents implements ReplicaEvents {
        @Override
        public void discarded(int siblings) {
            conflictsDiscarded += siblings;
        }

        @Override
        public void manySiblings(int siblings) {}

        @Override
        public void dotReused() {
            throw new AssertionError("a dot was used for two values");
        }

        @Override
        public void checksumFailed() {}

        @Override
        public void writeBelowWatermark() {}
    }

    private final class CountingEvents implements OperationEvents {
        private final String name;

        CountingEvents(String name) {
            this.name = name;
        }

        @Override
        public boolean tracing() {
            return traced;
        }

        @Override
        public OperationTrace begin(Kind kind, int partition, String requestId) {
            told.add(kind + " at " + name);
            return new ToldTrace(told);
        }

        @Override
        public Runnable served(ByteString context, OperationTrace.Step step) {
            return () -> told.add(name + " served " + step + " of " + context.toStringUtf8());
        }

        @Override
        public void finished(ConsistencyLevel level, Kind kind, Outcome outcome, long nanos) {}

        @Override
        public void quorumFailed(Kind kind) {}

        @Override
        public void readRepaired(int replicas) {
            readRepairs += replicas;
        }

        @Override
        public void overloaded() {}
    }
}
