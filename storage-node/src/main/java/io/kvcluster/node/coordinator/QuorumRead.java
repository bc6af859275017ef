package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.peer.AnswerListener;
import io.kvcluster.node.peer.PeerFailure;
import io.kvcluster.node.replica.Held;
import io.kvcluster.node.replica.ReadListener;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.WriteListener;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.proto.peer.WriteRequest;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One read: ask R replicas, merge what differs, and at the register levels let N−M+1 replicas durably hold the answer
 * before it is given, so that no later read is older. A replica that cannot say counts towards nothing. When a newer ring changes
 * the partition meanwhile, it begins again under that one.
 */
final class QuorumRead {
    /** What one replica answered. {@code record} is null when it holds nothing, or only the digest came. */
    private record Copy(long digest, @Nullable KeyRecord record) {
        boolean lacksValues() {
            return digest != 0 && record == null;
        }
    }

    private final Replication replication;
    private final Quorums quorums;
    private final ConsistencyLevel level;
    private final Key key;
    private final long deadlineNanos;
    private final Supplier<ConflictPolicy> policies;
    private final Consumer<Outcome> done;
    private final Polling polling;
    private final Loop.Timer deadline;
    private final @Nullable Copy[] copies;

    /** Every replica that answers has an HLC past this. */
    private final long askedMillis;

    /** Set once R replicas have answered and their answers are merged: the answer to give, and who holds it. */
    private @Nullable Answer answer;

    /** What is to be shown, once it is durable enough; a resolver may make one value of it. */
    private @Nullable KeyRecord shown;

    private boolean finished;
    /** Its ring is too old for somebody: too few answers are no reason to give up before the deadline. */
    private boolean waitsForRing;

    private final class Answer {
        final @Nullable KeyRecord record;
        /** When it was decided what has expired; once, for a later look might say otherwise. */
        final long decidedMillis;

        final long digest;
        final boolean[] holders = new boolean[copies.length];
        final boolean[] tried = new boolean[copies.length];
        final Quorums.Tally held = new Quorums.Tally(replication);
        final Quorums.Tally outstanding = new Quorums.Tally(replication);

        Answer(@Nullable KeyRecord record, long decidedMillis) {
            this.record = record;
            this.decidedMillis = decidedMillis;
            this.digest = record == null ? 0 : record.digest();
        }
    }

    QuorumRead(
            Replication replication,
            ConsistencyLevel level,
            Key key,
            long deadlineNanos,
            Supplier<ConflictPolicy> policies,
            Consumer<Outcome> done) {
        this.replication = replication;
        this.quorums = replication.quorums(level);
        this.level = level;
        this.key = key;
        this.deadlineNanos = deadlineNanos;
        this.policies = policies;
        this.done = done;
        this.copies = new Copy[replication.replicas().size()];
        this.askedMillis = Hlc.millis(replication.node().hlc().moment());
        this.polling = new Polling(replication, replica -> ask(replica, false));
        this.deadline = replication
                .loop()
                .after(Math.max(0, deadlineNanos - replication.node().clock().nanos()), this::expire);
    }

    void start() {
        if (level == ConsistencyLevel.LOCAL) {
            ask(replication.self(), true);
        } else if (replication.up() < quorums.asked().reads()) {
            finish(replication.notEnough(quorums.asked().reads(), "answer a read at " + lower(level)));
        } else {
            polling.need(quorums.asked().reads());
        }
    }

    // --- a newer ring

    /** True when it began again under a newer ring, or is over because of it. */
    private boolean renewed() {
        if (finished) {
            return true;
        }
        Replication now = replication.renewed();
        if (now == null) {
            return false;
        }
        if (!now.coordinates()) {
            finish(Replication.ringChanged());
            return true;
        }
        finished = true;
        polling.stop();
        deadline.cancel();
        new QuorumRead(now, level, key, deadlineNanos, policies, done).start();
        return true;
    }

    /** A replica has a newer ring than this read: it comes here too. */
    private void awaitRing() {
        waitsForRing = true;
        if (!renewed()) {
            replication.loop().after(replication.node().settings().retryAfter(), this::awaitRing);
        }
    }

    // --- 1. ask ----------------------------------------------------------------------------------------------------

    /** @param whole the record whatever its size; else large ones come as digests */
    private void ask(int replica, boolean whole) {
        replication.trace().asked(replication.name(replica), OperationTrace.Step.READ);
        if (replica == replication.self()) {
            replication.local().read(key, replication.ring().epoch(), Integer.MAX_VALUE, new ReadListener() {
                @Override
                public void held(Held held) {
                    byte[] bytes = held.encoded();
                    arrived(replica, new Copy(held.digest(), bytes == null ? null : RecordCodec.decode(bytes)), whole);
                }

                @Override
                public void refused(Refusal why) {
                    QuorumRead.this.refused(replica, whole, why);
                }
            });
            return;
        }
        PeerMessage.Builder message = replication
                .message()
                .setReadRequest(ReadRequest.newBuilder()
                        .setPartition(replication.partition())
                        .setKey(UnsafeByteOperations.unsafeWrap(key.bytes()))
                        .setDigestOnly(!whole)
                        .setDeadlineMillis(remainingMillis()));
        replication
                .node()
                .peers()
                .ask(replication.storeId(replica), message, replication.loop(), deadlineNanos, new AnswerListener() {
                    @Override
                    public void answered(PeerMessage message) {
                        ReadAnswer read = message.getReadAnswer();
                        if (!message.hasReadAnswer() || read.getStatus() != PeerStatus.OK) {
                            replication.newerRing(replica, read.getRing());
                            refused(replica, whole, Replication.toRefusal(read.getStatus()));
                            return;
                        }
                        ByteString bytes = read.getRecord();
                        KeyRecord record = bytes.isEmpty() ? null : RecordCodec.decode(bytes.toByteArray());
                        arrived(replica, new Copy(read.getDigest(), record), whole);
                    }

                    @Override
                    public void failed(PeerFailure why) {
                        refused(replica, whole, Refusal.CANNOT_SAY);
                    }
                });
    }

    private void arrived(int replica, Copy copy, boolean whole) {
        if (finished) {
            return;
        }
        copies[replica] = copy;
        replication.trace().answered(replication.name(replica));
        if (!whole || level == ConsistencyLevel.LOCAL) {
            polling.answered();
        }
        evaluate();
    }

    private void refused(int replica, boolean whole, Refusal why) {
        if (finished) {
            return;
        }
        if (QuorumWrite.isStale(why) && !waitsForRing) {
            awaitRing();
            if (finished) {
                return;
            }
        }
        if (level == ConsistencyLevel.LOCAL) {
            finish(new Outcome.NotApplied(
                    Reason.CANNOT_SAY,
                    true,
                    "node " + replication.node().name() + " cannot say what it holds for this key"));
            return;
        }
        if (whole) {
            polling.need(Math.min(quorums.asked().replicas(), polling.count() + 1));
        } else {
            polling.refused(replica);
        }
        if (answer == null && polling.hopeless() && !waitsForRing) {
            finish(replication.notEnough(quorums.asked().reads(), "answer a read at " + lower(level)));
        }
    }

    // --- 2. merge --------------------------------------------------------------------------------------------------

    private void evaluate() {
        if (answer != null || present() < quorums.asked().reads()) {
            return;
        }
        if (fetchMissingValues()) {
            return;
        }
        KeyRecord merged = merged(policies.get());
        polling.stop();
        Answer found = new Answer(merged, Hlc.millis(replication.node().hlc().moment()));
        answer = found;
        boolean expiredMeanwhile = merged != null && merged.meta().expiredBy(found.decidedMillis) > askedMillis;
        for (int replica = 0; replica < copies.length; replica++) {
            Copy copy = copies[replica];
            // what expired after the question was sent, an HLC there may not have passed: the write-back moves it
            if (copy != null && copy.digest() == found.digest && !expiredMeanwhile) {
                found.holders[replica] = true;
                found.held.add(replica);
            }
        }
        if (merged != null && found.held.all() < present()) {
            replication.trace().merged(merged.siblings().size());
        }
        if (quorums.asked().writeBack()) {
            writeBack(found);
        } else {
            answered(found);
            repairBehind(found);
        }
    }

    private @Nullable KeyRecord merged(ConflictPolicy policy) {
        KeyRecord merged = null;
        long digest = 0;
        for (Copy copy : copies) {
            if (copy == null || copy.record() == null || (merged != null && copy.digest() == digest)) {
                continue;
            }
            merged = merged == null
                    ? copy.record()
                    : policy.merge(merged, copy.record()).record();
            digest = merged.digest();
        }
        return merged;
    }

    /** Copies that can be merged; one that is fetched again for its values does not count meanwhile. */
    private int present() {
        int present = 0;
        for (Copy copy : copies) {
            if (copy != null) {
                present++;
            }
        }
        return present;
    }

    /** Values are needed of each version set that came as digest only. True: they are on their way. */
    private boolean fetchMissingValues() {
        boolean missing = false;
        for (int replica = 0; replica < copies.length; replica++) {
            Copy copy = copies[replica];
            if (copy == null || !copy.lacksValues()) {
                continue;
            }
            KeyRecord same = valuesOf(copy.digest());
            if (same != null) {
                copies[replica] = new Copy(copy.digest(), same);
            } else {
                missing = true;
                copies[replica] = null;
                ask(replica, true);
            }
        }
        return missing;
    }

    private @Nullable KeyRecord valuesOf(long digest) {
        for (Copy copy : copies) {
            if (copy != null && copy.digest() == digest && copy.record() != null) {
                return copy.record();
            }
        }
        return null;
    }

    // --- 3. write back, answer -------------------------------------------------------------------------------------

    private void writeBack(Answer found) {
        if (quorums.held(found.held) || found.record == null) {
            answered(found);
            return;
        }
        byte[] encoded = RecordCodec.encode(found.record);
        // those that answered first, then the others: as few as needed, one more for each that fails
        for (int pass = 0; pass < 2; pass++) {
            for (int replica = 0; replica < copies.length; replica++) {
                boolean answeredBefore = copies[replica] != null;
                if (!found.holders[replica]
                        && !found.tried[replica]
                        && (pass == 1 || answeredBefore)
                        && quorums.lacks(found.held, found.outstanding, replication, replica)) {
                    found.tried[replica] = true;
                    found.outstanding.add(replica);
                    writeBack(found, replica, encoded);
                }
            }
        }
        if (quorums.lacks(found.held, found.outstanding)) {
            // all were tried: those that failed once are tried again until the deadline
            replication.loop().after(replication.node().settings().retryAfter(), () -> {
                if (!renewed()) {
                    java.util.Arrays.fill(found.tried, false);
                    writeBack(found);
                }
            });
        }
    }

    private void writeBack(Answer found, int replica, byte[] encoded) {
        replication.trace().asked(replication.name(replica), OperationTrace.Step.WRITE_BACK);
        KeyRecord record = java.util.Objects.requireNonNull(found.record);
        if (replica == replication.self()) {
            replication
                    .local()
                    .writeBack(key, record, encoded, replication.ring().epoch(), new WriteListener() {
                        @Override
                        public void durable() {
                            writtenBack(found, replica);
                        }

                        @Override
                        public void refused(Refusal why) {
                            notWrittenBack(found, replica);
                        }
                    });
            return;
        }
        PeerMessage.Builder message = replication
                .message()
                .setWriteRequest(WriteRequest.newBuilder()
                        .setPartition(replication.partition())
                        .setKey(UnsafeByteOperations.unsafeWrap(key.bytes()))
                        .setRecord(UnsafeByteOperations.unsafeWrap(encoded))
                        .setWriteBack(true)
                        .setDeadlineMillis(remainingMillis()));
        replication
                .node()
                .peers()
                .ask(replication.storeId(replica), message, replication.loop(), deadlineNanos, new AnswerListener() {
                    @Override
                    public void answered(PeerMessage message) {
                        if (message.hasWriteAnswer() && message.getWriteAnswer().getStatus() == PeerStatus.OK) {
                            writtenBack(found, replica);
                        } else {
                            replication.newerRing(
                                    replica, message.getWriteAnswer().getRing());
                            notWrittenBack(found, replica);
                        }
                    }

                    @Override
                    public void failed(PeerFailure why) {
                        notWrittenBack(found, replica);
                    }
                });
    }

    /** Without a write-back before the answer: replicas that answered with less get it now, and nobody waits for it. */
    private void repairBehind(Answer found) {
        if (found.record == null || found.held.all() == copies.length) {
            return;
        }
        byte[] encoded = null;
        for (int replica = 0; replica < copies.length; replica++) {
            if (copies[replica] != null && !found.holders[replica]) {
                encoded = encoded == null ? RecordCodec.encode(found.record) : encoded;
                found.outstanding.add(replica);
                writeBack(found, replica, encoded);
            }
        }
    }

    private void writtenBack(Answer found, int replica) {
        found.outstanding.remove(replica);
        if (!found.holders[replica]) {
            found.holders[replica] = true;
            found.held.add(replica);
        }
        if (differed(replica, found)) {
            replication.node().events().readRepaired(1);
            replication.trace().repaired(replication.name(replica));
        }
        if (!finished && quorums.held(found.held)) {
            answered(found);
        }
    }

    private boolean differed(int replica, Answer found) {
        Copy copy = copies[replica];
        return copy == null || copy.digest() != found.digest;
    }

    private void notWrittenBack(Answer found, int replica) {
        found.outstanding.remove(replica);
        if (quorums.asked().writeBack() && !renewed()) {
            writeBack(found);
        }
    }

    private void answered(Answer found) {
        if (renewed()) {
            return; // the answer is not one that the newer ring's replicas are known to hold
        }
        KeyRecord record = found.record;
        if (record == null) {
            give(found, null);
        } else if (shown == null) {
            KeyRecord seen = policies.get().view(record);
            shown = seen;
            replication
                    .node()
                    .resolution()
                    .view(key, seen, found.decidedMillis, replication.loop(), one -> give(found, one));
        }
    }

    private void give(Answer found, @Nullable KeyRecord seen) {
        finish(replication
                .node()
                .contexts()
                .read(key, seen, found.decidedMillis, replication.servedBy(level, polling.count())));
    }

    private void expire() {
        if (answer != null && shown != null) {
            give(answer, shown); // a resolver is still at work: nobody waits for it
        } else if (!finished) {
            replication.node().events().quorumFailed(OperationEvents.Kind.GET);
            finish(new Outcome.Unknown(
                    Reason.TIMEOUT,
                    answer == null
                            ? polling.count() + " of the " + quorums.asked().reads() + " answers that " + lower(level)
                                    + " needs came in time"
                            : "the answer could not be made durable on "
                                    + quorums.asked().holders() + " replicas in time"));
        }
    }

    private void finish(Outcome outcome) {
        if (finished) {
            return;
        }
        finished = true;
        polling.stop();
        deadline.cancel();
        if (outcome instanceof Outcome.NotApplied refused && refused.reason() == Reason.NOT_ENOUGH_REPLICAS) {
            replication.node().events().quorumFailed(OperationEvents.Kind.GET);
        }
        done.accept(outcome);
    }

    private int remainingMillis() {
        long nanos = deadlineNanos - replication.node().clock().nanos();
        return (int) Math.max(1, nanos / 1_000_000);
    }

    private static String lower(ConsistencyLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
