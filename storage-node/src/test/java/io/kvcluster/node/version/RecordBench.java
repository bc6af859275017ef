package io.kvcluster.node.version;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Merging and coding of records of 1 KiB that three stores wrote. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecordBench {
    private static final int VALUE_BYTES = 1_024;

    private final KeyRecord older = written(1_000);
    private final KeyRecord newer = written(2_000);
    private final KeyRecord sibling = alone(5, 1_500);
    private final byte[] record = RecordCodec.encode(newer);
    private final byte[] meta = RecordCodec.encode(newer.meta());

    private static KeyRecord written(long hlc) {
        Context context = Context.of(List.of(entry(1, hlc), entry(2, hlc - 1), entry(3, hlc - 2)));
        return new KeyRecord(0, List.of(Sibling.value(new Dot(hlc, new Actor(1, 1)), new byte[VALUE_BYTES])), context);
    }

    private static Context.Entry entry(long store, long hlc) {
        return new Context.Entry(new Actor(store, 1), hlc);
    }

    /** Of a store that has not seen the others. */
    private static KeyRecord alone(long store, long hlc) {
        Dot dot = new Dot(hlc, new Actor(store, 1));
        return new KeyRecord(0, List.of(Sibling.value(dot, new byte[VALUE_BYTES])), Context.of(dot));
    }

    @Benchmark
    public Object lastWriterWins() {
        return ConflictPolicy.LAST_WRITER_WINS.merge(older, newer);
    }

    @Benchmark
    public Object siblings() {
        return ConflictPolicy.SIBLINGS.merge(newer, sibling);
    }

    @Benchmark
    public Object withMetadataOnly() {
        return ConflictPolicy.SIBLINGS.merge(RecordCodec.decodeMeta(meta), newer);
    }

    @Benchmark
    public Object encode() {
        return RecordCodec.encode(newer);
    }

    @Benchmark
    public Object decode() {
        return RecordCodec.decode(record);
    }

    @Benchmark
    public Object decodeMetadata() {
        return RecordCodec.decodeMeta(meta);
    }
}
