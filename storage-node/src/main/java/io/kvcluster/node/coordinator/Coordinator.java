package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.replica.ClientWrite;
import io.kvcluster.node.replica.ListedKeys;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.node.version.Context;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes commands from any thread to the core loop of their key's partition, decides who coordinates, and starts the operation. */
public final class Coordinator implements CommandHandler, KeyLister {
    /** A core loop with the operations it has in flight. */
    private static final class Lane {
        final Loop loop;
        int inFlight;

        Lane(Loop loop) {
            this.loop = loop;
        }
    }

    private final Replication.Node node;
    private final Supplier<@Nullable Ring> rings;
    private final Supplier<ConflictPolicy> policy;
    private final List<PartitionReplica> replicas;
    private final List<Lane> lanes;
    private volatile @Nullable Reason closed = Reason.STARTING;

    /**
     * @param rings the ring in use, null before the first
     * @param replicas by partition
     * @param loops partition p belongs to loop p mod size
     */
    Coordinator(
            Replication.Node node,
            Supplier<@Nullable Ring> rings,
            Supplier<ConflictPolicy> policy,
            List<PartitionReplica> replicas,
            List<Loop> loops) {
        this.node = node;
        this.rings = rings;
        this.policy = policy;
        this.replicas = List.copyOf(replicas);
        this.lanes = loops.stream().map(Lane::new).toList();
    }

    /** From now on commands are served. Any thread. */
    public void open() {
        closed = null;
    }

    /** From now on commands are refused; those in flight go on. Any thread. */
    public void close() {
        closed = Reason.SHUTTING_DOWN;
    }

    @Override
    public void handle(Command command, Consumer<Outcome> done) {
        Ring ring = rings.get();
        if (closed != null || ring == null) {
            done.accept(notServing());
            return;
        }
        String outOfStep = node.peers().outOfStep();
        if (outOfStep != null) {
            done.accept(new Outcome.NotApplied(Reason.CLOCK_SKEW, true, "node " + node.name() + ": " + outOfStep));
            return;
        }
        int partition = ring.partitionOf(command.key().bytes());
        Lane lane = lanes.get(partition % lanes.size());
        OperationTrace trace = node.events().tracing()
                ? node.events().begin(kindOf(command), partition, command.requestId())
                : OperationTrace.NONE;
        if (!lane.loop.offer(() -> admit(command, partition, lane, trace, done))) {
            overloaded(trace, done);
        }
    }

    private Outcome.NotApplied notServing() {
        Reason refusal = closed;
        if (refusal == null) {
            return new Outcome.NotApplied(Reason.NO_RING, true, "node " + node.name() + " has no ring yet");
        }
        return new Outcome.NotApplied(
                refusal,
                true,
                refusal == Reason.STARTING
                        ? "node " + node.name() + " is starting"
                        : "node " + node.name() + " is shutting down");
    }

    @Override
    public void list(Question question, Consumer<Answer> done) {
        Ring ring = rings.get();
        if (closed != null || ring == null) {
            done.accept(new Answer.Refused(notServing()));
        } else if (question.partition() >= replicas.size()) {
            done.accept(new Answer.Refused(new Outcome.NotApplied(
                    Reason.INVALID_PARAMETER,
                    false,
                    "partition is " + question.partition() + ", but must be 0.." + (replicas.size() - 1))));
        } else if (!lanes.get(question.partition() % lanes.size())
                .loop
                .offer(() -> done.accept(listed(question, ring)))) {
            overloaded(OperationTrace.NONE, refused -> done.accept(new Answer.Refused((Outcome.NotApplied) refused)));
        }
    }

    private Answer listed(Question question, Ring ring) {
        return switch (replicas.get(question.partition()).keys(question.after(), question.limit(), ring.epoch())) {
            case ListedKeys.Page page -> new Answer.Page(page.keys(), page.last(), ring.epoch());
            case ListedKeys.Refused refused -> new Answer.Refused(notListed(refused.why(), question.partition()));
        };
    }

    private Outcome.NotApplied notListed(Refusal why, int partition) {
        return switch (why) {
            case NOT_A_REPLICA ->
                new Outcome.NotApplied(
                        Reason.NOT_A_REPLICA,
                        false,
                        "node " + node.name() + " has no copy of partition " + partition
                                + ": /ring names those that have");
            case WRONG_EPOCH -> new Outcome.NotApplied(Reason.WRONG_EPOCH, true, "the ring changed meanwhile");
            case CANNOT_SAY, OVERLOADED, DISK_FULL, TOO_MANY_SIBLINGS, BAD_CONTEXT, BELOW_WATERMARK, FAILED ->
                new Outcome.NotApplied(
                        Reason.CANNOT_SAY,
                        true,
                        "node " + node.name() + " cannot say what it holds of partition " + partition);
        };
    }

    private void overloaded(OperationTrace trace, Consumer<Outcome> done) {
        node.events().overloaded();
        Outcome refused = new Outcome.NotApplied(
                Reason.OVERLOADED, true, "node " + node.name() + " has as many operations in flight as it takes");
        trace.finished(null, refused);
        done.accept(refused);
    }

    // --- on the partition's loop -----------------------------------------------------------------------------------

    private void admit(Command command, int partition, Lane lane, OperationTrace trace, Consumer<Outcome> done) {
        if (lane.inFlight >= Limits.OPERATIONS_IN_FLIGHT_PER_LOOP) {
            overloaded(trace, done);
            return;
        }
        Ring ring = rings.get();
        if (ring == null) {
            throw new IllegalStateException("the ring went away");
        }
        ConsistencyLevel level = levelOf(command, ring);
        long started = node.clock().nanos();
        lane.inFlight++;
        Consumer<Outcome> counted = outcome -> {
            lane.inFlight--;
            node.events().finished(level, kindOf(command), outcome, node.clock().nanos() - started);
            trace.finished(level, outcome);
            done.accept(outcome);
        };
        if (command.deadlineNanos() - started <= 0) {
            counted.accept(
                    new Outcome.NotApplied(Reason.TIMEOUT, true, "the deadline had passed before the work began"));
        } else if (level == ConsistencyLevel.STRONG) {
            counted.accept(
                    new Outcome.NotApplied(
                            Reason.NOT_BUILT,
                            false,
                            "consistency strong is not built yet: use quorum, a linearizable register without compare-and-set"));
        } else {
            start(command, level, ring, partition, lane.loop, trace, counted);
        }
    }

    private void start(
            Command command,
            ConsistencyLevel level,
            Ring ring,
            int partition,
            Loop loop,
            OperationTrace trace,
            Consumer<Outcome> done) {
        if (!ring.coordinates(partition, node.storeId())) {
            if (level == ConsistencyLevel.LOCAL) {
                done.accept(new Outcome.NotApplied(
                        Reason.NOT_A_REPLICA,
                        false,
                        "level local is served by the replicas of the key alone, and node " + node.name()
                                + " is none: /mapping names them"));
            } else if (command.forwarded()) {
                done.accept(new Outcome.NotApplied(
                        Reason.WRONG_EPOCH, true, "node " + node.name() + " is not, or not yet, a replica of the key"));
            } else {
                new Forward(command, ring, partition, node.peers(), node.clock(), loop, trace, done).start();
            }
            return;
        }
        Replication replication = Replication.of(node, ring, partition, replicas.get(partition), loop, trace);
        switch (command) {
            case Command.Get get ->
                new QuorumRead(replication, level, get.key(), get.deadlineNanos(), policy, done).start();
            case Command.Put put ->
                write(replication, level, put.key(), put.value(), put.contextToken(), put.ttlMillis(), put, done);
            case Command.Delete delete ->
                write(replication, level, delete.key(), null, delete.contextToken(), 0, delete, done);
        }
    }

    private void write(
            Replication replication,
            ConsistencyLevel level,
            Key key,
            byte @Nullable [] value,
            byte[] contextToken,
            long ttlMillis,
            Command command,
            Consumer<Outcome> done) {
        switch (node.contexts().given(key, contextToken)) {
            case Contexts.Given.Invalid invalid ->
                done.accept(new Outcome.NotApplied(Reason.INVALID_CONTEXT, false, invalid.why()));
            case Contexts.Given.Valid valid ->
                node.resolution()
                        .write(
                                replication,
                                key,
                                new ClientWrite(value, valid.context(), ttlMillis, Context.EMPTY, valid.unvouched()),
                                write -> new QuorumWrite(replication, level, key, write, command.deadlineNanos(), done)
                                        .start());
        }
    }

    private static ConsistencyLevel levelOf(Command command, Ring ring) {
        ConsistencyLevel asked = command.level();
        return asked != null
                ? asked
                : ConsistencyLevel.valueOf(ring.defaults().getConsistency().toUpperCase(java.util.Locale.ROOT));
    }

    private static OperationEvents.Kind kindOf(Command command) {
        return switch (command) {
            case Command.Get _ -> OperationEvents.Kind.GET;
            case Command.Put _ -> OperationEvents.Kind.PUT;
            case Command.Delete _ -> OperationEvents.Kind.DELETE;
        };
    }
}
