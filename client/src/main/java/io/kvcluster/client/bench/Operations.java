package io.kvcluster.client.bench;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Outcome;
import io.kvcluster.client.WriteOutcome;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Chooses operations by the plan's mix and keys, sends them, and counts their ends. Any thread. */
final class Operations {
    private static final int SPARE_BYTES = 1 << 16;

    private final KvClient client;
    private final BenchPlan plan;
    private final KeyDistribution.Chooser chooser;
    private final ByteString bytes;
    private final Tally reads = new Tally();
    private final Tally puts = new Tally();

    Operations(KvClient client, BenchPlan plan) {
        this.client = client;
        this.plan = plan;
        this.chooser = plan.distribution().over(plan.keys());
        byte[] random = new byte[plan.valueBytes() + SPARE_BYTES];
        new Random(plan.seed()).nextBytes(random);
        this.bytes = ByteString.copyFrom(random);
    }

    Tally reads() {
        return reads;
    }

    Tally puts() {
        return puts;
    }

    CompletableFuture<? extends Outcome> next(RandomGenerator random) {
        boolean read = random.nextInt(100) < plan.readPercent();
        ByteString key = key(chooser.next(random));
        return read ? client.getAsync(key, plan.request()) : client.putAsync(key, value(random), plan.request());
    }

    CompletableFuture<WriteOutcome> load(int index, RandomGenerator random) {
        return client.putAsync(key(index), value(random), plan.request());
    }

    void count(Outcome outcome, long nanos) {
        switch (outcome) {
            case GetOutcome.Found _ -> reads.done(nanos);
            case GetOutcome.NotFound _ -> reads.notFound(nanos);
            case GetOutcome.Failed failed -> reads.error(failed.reason());
            case WriteOutcome.Applied _ -> puts.done(nanos);
            case WriteOutcome.NotApplied refused -> puts.error(refused.reason());
            case WriteOutcome.Unknown lost -> puts.error("UNKNOWN_" + lost.reason());
        }
    }

    private static ByteString key(int index) {
        return ByteString.copyFromUtf8("bench/" + index);
    }

    /** Slices of one random buffer: making bytes anew for each put would be the client's main cost. */
    private ByteString value(RandomGenerator random) {
        int from = random.nextInt(SPARE_BYTES);
        return bytes.substring(from, from + plan.valueBytes());
    }
}
