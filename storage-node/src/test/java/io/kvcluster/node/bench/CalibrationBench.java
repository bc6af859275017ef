package io.kvcluster.node.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Work that never changes: how fast this machine is now. Objects, a map, bytes that are copied and summed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CalibrationBench {
    private static final int ENTRIES = 64;

    private final byte[] bytes = new byte[1_024];

    @Benchmark
    public long calibration() {
        Map<String, byte[]> map = new LinkedHashMap<>();
        for (int i = 0; i < ENTRIES; i++) {
            map.put("entry-" + i, bytes.clone());
        }
        CRC32C sum = new CRC32C();
        map.values().forEach(each -> sum.update(each, 0, each.length));
        return sum.getValue();
    }
}
