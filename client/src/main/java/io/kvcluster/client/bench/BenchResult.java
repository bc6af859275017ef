package io.kvcluster.client.bench;

/**
 * What a run showed while it was measured.
 *
 * @param seconds measured
 * @param clientCpuMicrosPerOperation of this process
 */
public record BenchResult(double seconds, Latencies reads, Latencies puts, double clientCpuMicrosPerOperation) {
    public long operations() {
        return reads.operations() + puts.operations();
    }

    public long failures() {
        return reads.failures() + puts.failures();
    }

    public double perSecond() {
        return operations() / seconds;
    }
}
