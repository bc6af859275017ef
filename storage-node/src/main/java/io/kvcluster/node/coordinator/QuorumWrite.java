package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.peer.AnswerListener;
import io.kvcluster.node.peer.PeerFailure;
import io.kvcluster.node.replica.ClientWrite;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.StampListener;
import io.kvcluster.node.replica.WriteListener;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.VersionAnswer;
import io.kvcluster.proto.peer.VersionQuestion;
import io.kvcluster.proto.peer.WriteRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One write: question, stamp, send, acknowledge. It has at most one dot, whatever is retried. Until the stamp its end is
 * NotApplied; afterwards, without W acknowledgements by the deadline, Unknown. When a newer ring changes the partition it goes on
 * under that one: before the stamp from the beginning, afterwards with the same record, and acknowledgements count from zero.
 */
final class QuorumWrite implements StampListener {
    private final Replication replication;
    private final Quorums quorums;
    private final ConsistencyLevel level;
    private final Key key;
    private final ClientWrite write;
    private final long deadlineNanos;
    private final Consumer<Outcome> done;
    private final Polling questions;
    private final Loop.Timer deadline;

    private Context found = Context.EMPTY;
    private @Nullable KeyRecord stamped;
    private ByteString encoded = ByteString.EMPTY;
    private final boolean[] acknowledged;
    private final Quorums.Tally acknowledgements;
    private boolean stamping;
    private boolean missedHere;
    /** Its ring is too old for somebody: too few answers are no reason to give up before the deadline. */
    private boolean waitsForRing;

    private boolean applied;
    private boolean finished;
    /** Another object goes on with it under a newer ring. */
    private boolean renewed;

    QuorumWrite(
            Replication replication,
            ConsistencyLevel level,
            Key key,
            ClientWrite write,
            long deadlineNanos,
            Consumer<Outcome> done) {
        this.replication = replication;
        this.quorums = replication.quorums(level);
        this.level = level;
        this.key = key;
        this.write = write;
        this.deadlineNanos = deadlineNanos;
        this.done = done;
        this.acknowledged = new boolean[replication.replicas().size()];
        this.acknowledgements = new Quorums.Tally(replication);
        this.questions = new Polling(replication, this::question);
        this.deadline = replication
                .loop()
                .after(Math.max(0, deadlineNanos - replication.node().clock().nanos()), this::expire);
    }

    void start() {
        Quorum asked = quorums.asked();
        int needed = asked.question() ? Math.max(asked.writes(), asked.questioned()) : asked.writes();
        if (!enough(replication.upForWrites()) || (asked.question() && replication.up() < asked.questioned())) {
            finish(replication.notEnough(needed, "acknowledge a write at " + lower(level)));
        } else if (asked.question()) {
            questions.need(asked.questioned());
            stampOrGiveUp();
        } else {
            stamp();
        }
    }

    /** Goes on with what was stamped under an older ring, as it is: the same record, under this one. */
    private void resume(KeyRecord record, ByteString bytes) {
        stamping = true;
        stamped = record;
        encoded = bytes;
        for (int replica = 0; replica < acknowledged.length; replica++) {
            if (replica == replication.self()) {
                sendHere(record, bytes);
            } else {
                send(replica);
            }
        }
    }

    private void sendHere(KeyRecord record, ByteString bytes) {
        replication
                .local()
                .write(key, record, bytes.toByteArray(), replication.ring().epoch(), new WriteListener() {
                    @Override
                    public void durable() {
                        acknowledged(replication.self());
                    }

                    @Override
                    public void refused(Refusal why) {
                        missedHere = true;
                        if (isStale(why)) {
                            awaitRing();
                        }
                    }
                });
    }

    // --- a newer ring

    static boolean isStale(Refusal why) {
        return why == Refusal.WRONG_EPOCH || why == Refusal.NOT_A_REPLICA;
    }

    /** True when it goes on under a newer ring, or is over because of it. Nothing was sent yet, or it was stamped. */
    private boolean renewed() {
        if (finished) {
            return true;
        }
        Replication now = stamping && stamped == null ? null : replication.renewed();
        if (now == null) {
            return false;
        }
        KeyRecord record = stamped;
        if (record == null && !now.coordinates()) {
            finish(Replication.ringChanged());
            return true;
        }
        finished = true;
        renewed = true;
        questions.stop();
        deadline.cancel();
        QuorumWrite next = new QuorumWrite(now, level, key, write, deadlineNanos, done);
        if (record == null) {
            next.start();
        } else {
            next.resume(record, encoded);
        }
        return true;
    }

    /** A replica has a newer ring than this operation: it comes here too. */
    private void awaitRing() {
        if (!renewed()) {
            replication.loop().after(replication.node().settings().retryAfter(), this::awaitRing);
        }
    }

    // --- 1. the version question: the stamp must exceed every dot that a completed write may have -------------------

    private void question(int replica) {
        replication.trace().asked(replication.name(replica), OperationTrace.Step.VERSION_QUESTION);
        if (replica == replication.self()) {
            replication
                    .local()
                    .question(
                            key,
                            replication.ring().epoch(),
                            this::questionAnswered,
                            why -> questionRefused(replica, why));
            return;
        }
        PeerMessage.Builder message = replication
                .message()
                .setVersionQuestion(VersionQuestion.newBuilder()
                        .setPartition(replication.partition())
                        .setKey(UnsafeByteOperations.unsafeWrap(key.bytes()))
                        .setDeadlineMillis(remainingMillis()));
        replication
                .node()
                .peers()
                .ask(replication.storeId(replica), message, replication.loop(), deadlineNanos, new AnswerListener() {
                    @Override
                    public void answered(PeerMessage answer) {
                        VersionAnswer version = answer.getVersionAnswer();
                        if (answer.hasVersionAnswer() && version.getStatus() == PeerStatus.OK) {
                            questionAnswered(version.hasGreatest() ? dot(version.getGreatest()) : null);
                        } else {
                            replication.newerRing(replica, version.getRing());
                            questionRefused(replica, Replication.toRefusal(version.getStatus()));
                        }
                    }

                    @Override
                    public void failed(PeerFailure why) {
                        questionRefused(replica, Refusal.CANNOT_SAY);
                    }
                });
    }

    private static Dot dot(io.kvcluster.proto.peer.Dot greatest) {
        return new Dot(greatest.getHlc(), new Actor(greatest.getStore(), greatest.getIncarnation()));
    }

    private void questionAnswered(@Nullable Dot greatest) {
        if (greatest != null) {
            found = found.with(greatest);
        }
        questions.answered();
        stampOrGiveUp();
    }

    private void questionRefused(int replica, Refusal why) {
        if (isStale(why) && !stamping && !finished) {
            waitsForRing = true;
            awaitRing();
        }
        if (!finished) {
            questions.refused(replica);
            stampOrGiveUp();
        }
    }

    private void stampOrGiveUp() {
        if (finished || stamping) {
            return;
        }
        if (questions.count() >= quorums.asked().questioned()) {
            stamp();
        } else if (questions.hopeless() && !waitsForRing) {
            finish(replication.notEnough(quorums.asked().questioned(), "answer the version question"));
        }
    }

    // --- 2. stamp, merge and append here, send to the others ------------------------------------------------------

    private void stamp() {
        stamping = true;
        questions.stop();
        replication.local().stamp(key, write.above(found), replication.ring().epoch(), this);
    }

    @Override
    public void stamped(KeyRecord record, byte[] bytes) {
        stamped = record;
        encoded = UnsafeByteOperations.unsafeWrap(bytes);
        for (int replica = 0; replica < acknowledged.length; replica++) {
            if (replica != replication.self()) {
                send(replica);
            }
        }
    }

    @Override
    public void durable() {
        acknowledged(replication.self());
    }

    @Override
    public void refused(Refusal why) {
        if (stamped == null) {
            stamping = false;
            if (!isStale(why) || !renewed()) {
                finish(notApplied(why));
            }
            return;
        }
        // the others may still acknowledge; this store's copy is then one of the missing ones
        missedHere = true;
        if (isStale(why)) {
            awaitRing();
        } else if (level == ConsistencyLevel.LOCAL) {
            finish(onOthersAtMost(notApplied(why)));
        }
    }

    private void send(int replica) {
        replication.trace().asked(replication.name(replica), OperationTrace.Step.WRITE);
        PeerMessage.Builder message = replication
                .message()
                .setWriteRequest(WriteRequest.newBuilder()
                        .setPartition(replication.partition())
                        .setKey(UnsafeByteOperations.unsafeWrap(key.bytes()))
                        .setRecord(encoded)
                        .setDeadlineMillis(remainingMillis()));
        replication
                .node()
                .peers()
                .ask(replication.storeId(replica), message, replication.loop(), deadlineNanos, new AnswerListener() {
                    @Override
                    public void answered(PeerMessage answer) {
                        if (answer.hasWriteAnswer() && answer.getWriteAnswer().getStatus() == PeerStatus.OK) {
                            acknowledged(replica);
                        } else {
                            replication.newerRing(
                                    replica, answer.getWriteAnswer().getRing());
                            sendLater(replica);
                        }
                    }

                    @Override
                    public void failed(PeerFailure why) {
                        sendLater(replica);
                    }
                });
    }

    /** The same stamped record again: a merge, so idempotent. Only while the operation lasts; afterwards it is repair's business. */
    private void sendLater(int replica) {
        if (finished || renewed()) {
            missed(replica);
            return;
        }
        replication.loop().after(replication.node().settings().retryAfter(), () -> {
            if (finished || renewed()) {
                missed(replica);
            } else if (!acknowledged[replica]) {
                send(replica);
            }
        });
    }

    /** Each replica that never acknowledged comes here once: its last question or its wait for the next ended after the operation. */
    private void missed(int replica) {
        MissedWrites missed = replication.node().missed().get();
        KeyRecord record = stamped;
        if (acknowledged[replica] || record == null || renewed) {
            return;
        }
        if (applied) {
            missed.missed(
                    replication.partition(),
                    key,
                    encoded.toByteArray(),
                    record.greatestHlc(),
                    replication.storeId(replica));
        } else {
            differs(replica);
        }
    }

    /** The others have it and this store does not. */
    private void missedHere() {
        for (int replica = 0; replica < acknowledged.length; replica++) {
            if (acknowledged[replica]) {
                differs(replica);
            }
        }
    }

    private void differs(int replica) {
        replication.node().missed().get().differs(replication.partition(), replication.storeId(replica));
    }

    // --- 3. acknowledge at W ---------------------------------------------------------------------------------------

    private void acknowledged(int replica) {
        if (acknowledged[replica] || stamped == null) {
            return;
        }
        acknowledged[replica] = true;
        if (finished) {
            if (missedHere) {
                differs(replica);
            }
            return;
        }
        if (level == ConsistencyLevel.LOCAL && replica != replication.self()) {
            return; // what local promises is this disk
        }
        replication.trace().answered(replication.name(replica));
        acknowledgements.add(replica);
        if (enough(acknowledgements)) {
            finish(new Outcome.Applied(
                    stamped.greatest().orElseThrow().hlc(),
                    replication.node().contexts().token(key, stamped),
                    replication.servedBy(level, acknowledgements.all())));
        }
    }

    /** Both sets' W; at local this disk alone, in whichever set it is: what it holds it gives away before it drops it. */
    private boolean enough(Quorums.Tally tally) {
        return level == ConsistencyLevel.LOCAL ? tally.all() > 0 : quorums.written(tally);
    }

    private void expire() {
        if (finished) {
            return;
        }
        if (stamped != null) {
            replication.node().events().quorumFailed(kind());
            finish(new Outcome.Unknown(
                    Reason.TIMEOUT,
                    acknowledgements.all() + " of the " + quorums.old().writes() + " acknowledgements that "
                            + lower(level) + " needs came in time; the write may have been applied"));
        } else if (stamping) {
            finish(new Outcome.Unknown(
                    Reason.TIMEOUT, "the coordinator's disk did not answer in time; the write may have been applied"));
        } else {
            finish(replication.notEnough(quorums.asked().questioned(), "answer the version question in time"));
        }
    }

    private Outcome.NotApplied notApplied(Refusal why) {
        return switch (why) {
            case TOO_MANY_SIBLINGS ->
                new Outcome.NotApplied(
                        Reason.TOO_MANY_SIBLINGS,
                        false,
                        "the key has as many siblings as allowed: read it and write with the context of the answer");
            case BAD_CONTEXT ->
                new Outcome.NotApplied(
                        Reason.INVALID_CONTEXT, false, "the context names versions that this cluster never gave");
            case DISK_FULL ->
                new Outcome.NotApplied(
                        Reason.DISK_FULL,
                        true,
                        "the disk of node " + replication.node().name() + " is full");
            case OVERLOADED ->
                new Outcome.NotApplied(
                        Reason.OVERLOADED, true, "node " + replication.node().name() + " has too much to write");
            case CANNOT_SAY ->
                new Outcome.NotApplied(
                        Reason.CANNOT_SAY,
                        true,
                        "node " + replication.node().name() + " is still rebuilding its index");
            case WRONG_EPOCH, NOT_A_REPLICA ->
                new Outcome.NotApplied(Reason.WRONG_EPOCH, true, "the ring changed while the write was prepared");
            case BELOW_WATERMARK ->
                new Outcome.NotApplied(Reason.CLOCK_SKEW, true, "the clock of this node is behind what it promised");
            case FAILED ->
                new Outcome.NotApplied(
                        Reason.STORE_FAILED,
                        true,
                        "the store of node " + replication.node().name() + " failed");
        };
    }

    private static Outcome onOthersAtMost(Outcome.NotApplied here) {
        return new Outcome.Unknown(here.reason(), here.message() + "; other replicas may have the write");
    }

    private void finish(Outcome outcome) {
        if (finished) {
            return;
        }
        finished = true;
        applied = outcome instanceof Outcome.Applied;
        if (missedHere) {
            missedHere();
        }
        questions.stop();
        deadline.cancel();
        if (outcome instanceof Outcome.NotApplied refused && refused.reason() == Reason.NOT_ENOUGH_REPLICAS) {
            replication.node().events().quorumFailed(kind());
        }
        done.accept(outcome);
    }

    private OperationEvents.Kind kind() {
        return write.value() == null ? OperationEvents.Kind.DELETE : OperationEvents.Kind.PUT;
    }

    private int remainingMillis() {
        long nanos = deadlineNanos - replication.node().clock().nanos();
        return (int) Math.max(1, nanos / 1_000_000);
    }

    private static String lower(ConsistencyLevel level) {
        return level.name().toLowerCase(java.util.Locale.ROOT);
    }
}
