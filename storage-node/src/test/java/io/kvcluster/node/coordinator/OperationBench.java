package io.kvcluster.node.coordinator;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.version.ConflictPolicy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * An operation at quorum from the command to the outcome, on coordinators and replicas of three nodes together: what they
 * compute and allocate for it, without network and disk, which are simulated in virtual time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OperationBench {
    private static final int KEYS = 1_000;
    private static final long DEADLINE_NANOS = 10_000_000_000L;

    private final SimulatedCluster cluster = new SimulatedCluster(1, 3, Quorum::of, ConflictPolicy.LAST_WRITER_WINS);
    private final byte[] value = new byte[1_024];
    private int next;

    public OperationBench() {
        cluster.lossRate = 0;
        for (int key = 0; key < KEYS; key++) {
            write();
        }
    }

    private Outcome run(Command command) {
        Outcome[] outcome = new Outcome[1];
        cluster.submit(cluster.nodes.get(next % 3), command, ended -> outcome[0] = ended);
        cluster.time.runUntil(() -> outcome[0] != null);
        if (outcome[0] instanceof Outcome.NotApplied || outcome[0] instanceof Outcome.Unknown) {
            throw new IllegalStateException(command + ": " + outcome[0]);
        }
        return outcome[0];
    }

    private long deadline() {
        return cluster.time.now() + DEADLINE_NANOS;
    }

    @Benchmark
    public Object write() {
        Key key = Key.of("user-" + next++ % KEYS);
        return run(new Command.Put(key, value, new byte[0], ConsistencyLevel.QUORUM, deadline(), "", false));
    }

    @Benchmark
    public Object read() {
        Key key = Key.of("user-" + next++ % KEYS);
        return run(new Command.Get(key, ConsistencyLevel.QUORUM, deadline(), "", false));
    }
}
