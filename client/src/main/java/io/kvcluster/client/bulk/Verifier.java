package io.kvcluster.client.bulk;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** Reads back every acknowledged key and compares; with replicas, also what each replica has on its own disk. */
public final class Verifier {
    private static final int CONCURRENCY = 64;
    private static final int MOST_FINDINGS = 10_000;

    private final KvClient client;
    private final AckFile acknowledged;
    private final RequestOptions request;
    private final boolean replicas;
    private final Semaphore room = new Semaphore(CONCURRENCY);
    private final LongAdder checked = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final ConcurrentLinkedQueue<Finding> findings = new ConcurrentLinkedQueue<>();

    /** What is wrong with a key. */
    public enum Kind {
        /** Acknowledged, and not there. */
        MISSING,
        /** Another value is there than the one acknowledged last. */
        DIFFERENT,
        /** Could not be read, so nothing is known. */
        UNREADABLE
    }

    /** @param node the replica that is wrong, or empty for the cluster's answer */
    public record Finding(ByteString key, Kind kind, String node, String detail) {}

    public Verifier(KvClient client, AckFile acknowledged, RequestOptions request, boolean replicas) {
        this.client = client;
        this.acknowledged = acknowledged;
        this.request = request;
        this.replicas = replicas;
    }

    /** Keys whose reads have ended so far. */
    public long checked() {
        return checked.sum();
    }

    /** Single reads so far; with replicas several for each key. */
    public long reads() {
        return reads.sum();
    }

    /** Reads without an answer: neither right nor wrong. */
    public long unreadable() {
        return unreadable.sum();
    }

    /** All that is missing or different, also beyond the findings that are kept. */
    public long wrong() {
        return wrong.sum();
    }

    /**
     * Returns when all keys are compared.
     *
     * @param ring for replicas: where each key should be
     * @return what is wrong, by key; at most 10,000
     */
    public List<Finding> run(Ring ring) throws InterruptedException {
        for (Map.Entry<ByteString, AckFile.Expected> one : acknowledged.keys().entrySet()) {
            room.acquire();
            ByteString key = one.getKey();
            CompletableFuture<Void> all = read(client.getAsync(key, request), key, one.getValue(), "");
            if (replicas) {
                RequestOptions local = request.at(Level.LOCAL);
                for (Member member : ring.replicas(ring.partitionOf(key.toByteArray()))) {
                    // After the read at the cluster's level, which may have repaired a replica.
                    all = all.thenCompose(_ -> read(
                            client.getFromAsync(member.getStoreId(), key, local),
                            key,
                            one.getValue(),
                            member.getName()));
                }
            }
            all.whenComplete((_, _) -> {
                checked.increment();
                room.release();
            });
        }
        room.acquire(CONCURRENCY);
        return findings.stream()
                .sorted(Comparator.comparing((Finding finding) -> KeyText.of(finding.key()))
                        .thenComparing(Finding::node))
                .toList();
    }

    private CompletableFuture<Void> read(
            CompletableFuture<GetOutcome> outcome, ByteString key, AckFile.Expected expected, String node) {
        return outcome.thenAccept(answer -> {
            reads.increment();
            switch (answer) {
                case GetOutcome.Found found -> compare(found, key, expected, node);
                case GetOutcome.NotFound _ -> found(new Finding(key, Kind.MISSING, node, "no value"));
                case GetOutcome.Failed(String reason, String message, boolean _) ->
                    found(new Finding(key, Kind.UNREADABLE, node, reason + ": " + message));
            }
        });
    }

    private void compare(GetOutcome.Found found, ByteString key, AckFile.Expected expected, String node) {
        boolean same = expected.allows(Sha256.of(found.value()))
                || found.siblings().stream()
                        .anyMatch(sibling -> !sibling.deleted() && expected.allows(Sha256.of(sibling.value())));
        if (!same) {
            found(new Finding(
                    key,
                    Kind.DIFFERENT,
                    node,
                    "version " + found.version() + " has another value than version " + expected.version()
                            + " that was acknowledged"));
        }
    }

    private void found(Finding finding) {
        (finding.kind() == Kind.UNREADABLE ? unreadable : wrong).increment();
        if (wrong.sum() + unreadable.sum() <= MOST_FINDINGS) {
            findings.add(finding);
        }
    }
}
