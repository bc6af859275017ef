package io.kvcluster.client.bulk;

import com.google.protobuf.ByteString;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.WriteOutcome;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts the records of a source. Reading runs ahead by the concurrency at most; records of one key follow each other; a
 * record that is not applied, or unknown, is put again until it is time to give up, while the others go on. Every
 * acknowledgement is in the log before it is counted.
 */
public final class Importer {
    private static final long RETRY_PAUSE_MILLIS = 200;
    private static final int MOST_PROBLEMS = 100;

    private final KvClient client;
    private final RecordSource source;
    private final ImportOptions options;
    private final AckLog log;
    private final AckFile earlier;
    private final ImportProgress progress = new ImportProgress();
    private final Semaphore room;
    private final Map<ByteString, CompletableFuture<Void>> lastOfKey = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Problem> problems = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable IOException> logFailure = new AtomicReference<>();

    /** A record that was not acknowledged. */
    public record Problem(ByteString key, WriteOutcome outcome) {}

    /** @param earlier acknowledged by earlier runs: records with the same value are skipped */
    public Importer(KvClient client, RecordSource source, ImportOptions options, AckLog log, AckFile earlier) {
        this.client = client;
        this.source = source;
        this.options = options;
        this.log = log;
        this.earlier = earlier;
        this.room = new Semaphore(options.concurrency());
    }

    public ImportProgress progress() {
        return progress;
    }

    /** The first records that were not acknowledged, at most 100. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /**
     * Returns when every record of the source has its outcome.
     *
     * @throws IOException when the source breaks (what was read is finished first), or an acknowledgement could not be
     *     written down: then nothing more is put
     */
    public void run() throws IOException, InterruptedException {
        try {
            for (Optional<Entry> entry = source.next(); entry.isPresent(); entry = source.next()) {
                progress.read.increment();
                if (!isAcknowledgedBefore(entry.get())) {
                    room.acquire();
                    throwLogFailure();
                    begin(entry.get());
                }
            }
        } finally {
            room.acquire(options.concurrency());
        }
        throwLogFailure();
    }

    private boolean isAcknowledgedBefore(Entry entry) {
        AckFile.Expected expected = earlier.keys().get(entry.key());
        boolean same = expected != null && expected.sha256().equals(Sha256.of(entry.value()));
        if (same) {
            progress.skipped.increment();
        }
        return same;
    }

    private void begin(Entry entry) {
        CompletableFuture<Void> before = lastOfKey.getOrDefault(entry.key(), CompletableFuture.completedFuture(null));
        CompletableFuture<Void> mine = before.thenCompose(_ -> new Record(entry).put());
        lastOfKey.put(entry.key(), mine);
        mine.whenComplete((_, _) -> {
            lastOfKey.remove(entry.key(), mine);
            room.release();
        });
    }

    private void throwLogFailure() throws IOException {
        IOException failure = logFailure.get();
        if (failure != null) {
            throw new IOException("an acknowledgement could not be written down: " + failure.getMessage(), failure);
        }
    }

    /** One record on its way. */
    private final class Record {
        private final Entry entry;
        private final long giveUpAt = System.nanoTime() + options.giveUpAfter().toNanos();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private WriteOutcome.@Nullable Unknown unknown;

        Record(Entry entry) {
            this.entry = entry;
        }

        CompletableFuture<Void> put() {
            client.putAsync(entry.key(), entry.value(), options.request()).thenAccept(this::answered);
            return ended;
        }

        private void answered(WriteOutcome outcome) {
            switch (outcome) {
                case WriteOutcome.Applied applied -> acknowledged(applied);
                case WriteOutcome.NotApplied refused -> againOrEnd(refused.retryable(), refused);
                case WriteOutcome.Unknown lost -> {
                    unknown = lost;
                    againOrEnd(options.retryUnknown(), lost);
                }
            }
        }

        private void againOrEnd(boolean again, WriteOutcome outcome) {
            if (again && giveUpAt - System.nanoTime() > 0 && logFailure.get() == null) {
                progress.retries.increment();
                CompletableFuture.delayedExecutor(RETRY_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(this::put);
            } else {
                end(outcome);
            }
        }

        private void acknowledged(WriteOutcome.Applied applied) {
            try {
                log.acknowledged(entry.key(), applied.version(), Sha256.of(entry.value()));
                progress.acknowledged.increment();
                progress.acknowledgedBytes.add(
                        entry.key().size() + (long) entry.value().size());
            } catch (IOException e) {
                logFailure.compareAndSet(null, e);
            }
            ended.complete(null);
        }

        /** Unknown wins: an attempt that ended so may have been applied, whatever came after it. */
        private void end(WriteOutcome last) {
            WriteOutcome.Unknown lost = unknown;
            if (problems.size() < MOST_PROBLEMS) {
                problems.add(new Problem(entry.key(), lost == null ? last : lost));
            }
            if (lost == null) {
                progress.failed.increment();
            } else {
                try {
                    log.unknown(entry.key(), Sha256.of(entry.value()), lost.reason());
                } catch (IOException e) {
                    logFailure.compareAndSet(null, e);
                }
                progress.unknown.increment();
            }
            ended.complete(null);
        }
    }
}
