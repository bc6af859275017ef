package io.kvcluster.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.MemoryRecordStore;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.node.version.Context;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.Sibling;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Move;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.RingChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionReplicaTest {
    private static final Key KEY = Key.of("key");
    private static final String STORE = "0000000000000001";
    private static final Actor SELF = new Actor(1, 1);
    private static final Actor OTHER = new Actor(2, 1);
    private static final Actor THIRD = new Actor(3, 1);

    /** Tasks run when the test says so: between a post and its run lies an fsync. */
    private static final class SteppedLoop implements Loop {
        final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

        void runAll() {
            while (!tasks.isEmpty()) {
                tasks.poll().run();
            }
        }

        @Override
        public boolean offer(Runnable task) {
            return tasks.add(task);
        }

        @Override
        public void post(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer after(long nanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public int depth() {
            return tasks.size();
        }
    }

    private static final class Told implements ReadListener, StampListener {
        final List<String> heard = new ArrayList<>();
        KeyRecord stamped = KeyRecord.EMPTY;

        @Override
        public void held(Held held) {
            byte[] encoded = held.encoded();
            heard.add(
                    encoded == null
                            ? held.meta() == null ? "nothing" : "digest"
                            : "values " + values(RecordCodec.decode(encoded)));
        }

        @Override
        public void stamped(KeyRecord record, byte[] encoded) {
            stamped = record;
            heard.add("stamped");
        }

        @Override
        public void durable() {
            heard.add("durable");
        }

        @Override
        public void refused(Refusal why) {
            heard.add(why.name());
        }
    }

    private final SteppedLoop loop = new SteppedLoop();
    private final MemoryRecordStore store = new MemoryRecordStore(loop, 0);
    private final List<Integer> discards = new ArrayList<>();
    private int reused;
    private int belowWatermark;
    private long nextStamp = 1_000;
    private long nowHlc;
    private int stampsLeft = Integer.MAX_VALUE;
    private final List<Runnable> stampWaiting = new ArrayList<>();
    private final List<Long> pastWanted = new ArrayList<>();
    private final List<Runnable> pastWaiting = new ArrayList<>();
    private ConflictPolicy policy = ConflictPolicy.LAST_WRITER_WINS;
    private Ring ring = ring(1);
    private final PartitionReplica replica = replica();

    private PartitionReplica replica() {
        Stamps stamps = new Stamps() {
            @Override
            public void whenReady(long floor, Runnable then) {
                if (stampsLeft > 0) {
                    then.run();
                } else {
                    stampWaiting.add(then);
                }
            }

            @Override
            public Optional<Dot> next(long floor) {
                if (stampsLeft == 0) {
                    return Optional.empty();
                }
                stampsLeft--;
                nextStamp = Math.max(nextStamp, floor) + 1;
                return Optional.of(new Dot(nextStamp, SELF));
            }

            @Override
            public long now() {
                return Math.max(nextStamp, nowHlc);
            }

            @Override
            public void whenPast(long stamp, Runnable then) {
                pastWanted.add(stamp);
                pastWaiting.add(then);
            }
        };
        ReplicaEvents events = new ReplicaEvents() {
            @Override
            public void discarded(int siblings) {
                if (siblings > 0) {
                    discards.add(siblings);
                }
            }

            @Override
            public void manySiblings(int siblings) {}

            @Override
            public void dotReused() {
                reused++;
            }

            @Override
            public void checksumFailed() {}

            @Override
            public void writeBelowWatermark() {
                belowWatermark++;
            }
        };
        return new PartitionReplica(
                0,
                store,
                new EpochGate(() -> ring, STORE),
                new Merging(() -> policy, stamps, events),
                stamps,
                events,
                new RepairSide.Ties(64, SELF, loop),
                true);
    }

    private static Ring ring(long epoch) {
        List<RingChange.NewMember> members = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> new RingChange.NewMember("n" + i, "000000000000000" + i, 1, "n" + i, ""))
                .toList();
        Ring first = ((RingChange.Made) RingChange.first(new RingChange.First(
                        "c",
                        "00000000-0000-4000-8000-000000000001",
                        members,
                        3,
                        2,
                        2,
                        8,
                        Defaults.newBuilder()
                                .setConsistency("eventual")
                                .setConflictResolution("LastWriterWins")
                                .setDurability("Fsync")
                                .build())))
                .ring();
        if (epoch == 1) {
            return first;
        }
        return Ring.require(RingChange.withHash(first.table().toBuilder()
                .setEpoch(epoch)
                .setPreviousHash(first.hash())
                .setPartitions(0, first.table().getPartitions(0).toBuilder().setChangedEpoch(epoch))));
    }

    private static KeyRecord record(long hlc, String value) {
        return recordOf(OTHER, hlc, value);
    }

    private static KeyRecord recordOf(Actor actor, long hlc, String value) {
        Dot dot = new Dot(hlc, actor);
        return new KeyRecord(0, List.of(Sibling.value(dot, bytes(value))), Context.of(dot));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String values(KeyRecord record) {
        return String.join(
                ",",
                record.siblings().stream()
                        .map(sibling -> new String(sibling.value(), StandardCharsets.UTF_8))
                        .toList());
    }

    private Told write(KeyRecord record, long epoch) {
        Told told = new Told();
        replica.write(KEY, record, RecordCodec.encode(record), epoch, told);
        return told;
    }

    private Told put(String value, Context context) {
        Told told = new Told();
        replica.stamp(KEY, new ClientWrite(bytes(value), context, 0, Context.EMPTY), 1, told);
        return told;
    }

    private Told read() {
        Told told = new Told();
        replica.read(KEY, 1, Integer.MAX_VALUE, told);
        return told;
    }

    private Told putExpiring(String value, long ttlMillis) {
        Told told = new Told();
        replica.stamp(KEY, new ClientWrite(bytes(value), Context.EMPTY, ttlMillis, Context.EMPTY), 1, told);
        return told;
    }

    private Told putAbove(String value, Context found) {
        Told told = new Told();
        replica.stamp(KEY, new ClientWrite(bytes(value), Context.EMPTY, 0, found), 1, told);
        return told;
    }

    @Test
    void underLastWriterWinsAWriteCoversWhatTheVersionQuestionFound() {
        Dot elsewhere = new Dot(7_000, OTHER);
        Told told = putAbove("a", Context.of(elsewhere));
        assertThat(told.stamped.greatest().orElseThrow().hlc()).isGreaterThan(7_000);
        assertThat(told.stamped.context().covers(elsewhere)).isTrue();
    }

    @Test
    void underSiblingsAWriteCoversOnlyWhatItsClientSaw() {
        policy = ConflictPolicy.SIBLINGS;
        Dot elsewhere = new Dot(7_000, OTHER);
        Told told = putAbove("a", Context.of(elsewhere));
        assertThat(told.stamped.greatest().orElseThrow().hlc()).isGreaterThan(7_000);
        assertThat(told.stamped.context().covers(elsewhere)).isFalse();
    }

    @Test
    void aReservationThatRanOutWhileValuesWereReadIsWaitedFor() {
        policy = ConflictPolicy.SIBLINGS;
        put("a", Context.EMPTY);
        loop.runAll();
        store.delayReads = true;
        Told told = put("b", Context.EMPTY);
        stampsLeft = 0;
        loop.runAll();
        assertThat(told.heard).isEmpty();
        stampsLeft = 1;
        stampWaiting.forEach(Runnable::run);
        loop.runAll();
        assertThat(told.heard).containsExactly("stamped", "durable");
        assertThat(values(told.stamped)).isEqualTo("b,a");
    }

    @Test
    void aContextMayNameAStoreThatLeftTheRingWhereTheRecordKnowsItsWrites() {
        write(record(500, "a"), 1);
        loop.runAll();
        Told known = new Told();
        Context seen = Context.of(new Dot(500, OTHER));
        replica.stamp(KEY, new ClientWrite(bytes("b"), seen, 0, Context.EMPTY, seen), 1, known);
        loop.runAll();
        assertThat(known.heard).containsExactly("stamped", "durable");
        Told unknown = new Told();
        Context more = Context.of(new Dot(501, OTHER));
        replica.stamp(KEY, new ClientWrite(bytes("c"), more, 0, Context.EMPTY, more), 1, unknown);
        assertThat(unknown.heard).containsExactly("BAD_CONTEXT");
    }

    @Test
    void anExpiryIsCountedFromTheStamp() {
        nextStamp = Hlc.of(50_000, 0);
        Told told = putExpiring("a", 1_000);
        assertThat(told.stamped.siblings().getFirst().expiryMillis()).isEqualTo(51_000);
    }

    @Test
    void anExpiryIsCountedFromTheClockWhenTheStampLagsBehindIt() {
        nextStamp = Hlc.of(50_000, 0);
        nowHlc = Hlc.of(53_000, 0);
        Told told = putExpiring("a", 1_000);
        assertThat(told.stamped.siblings().getFirst().expiryMillis()).isEqualTo(54_000);
    }

    @Test
    void anExpiryBeyondTheEndOfTimeIsBroughtToIt() {
        nextStamp = Hlc.of(Hlc.MAX_MILLIS - 10, 0);
        Told told = putExpiring("a", 1_000);
        assertThat(told.stamped.siblings().getFirst().expiryMillis()).isEqualTo(Hlc.MAX_MILLIS);
    }

    @Test
    void whatHasNotExpiredIsReadAtOnce() {
        nextStamp = Hlc.of(50_000, 0);
        putExpiring("a", 1_000);
        loop.runAll();
        nowHlc = Hlc.of(50_999, 7);
        assertThat(read().heard).containsExactly("values a");
        assertThat(pastWanted).isEmpty();
    }

    @Test
    void whatHasExpiredIsReadOnlyWhenTheClockStaysPastThat() {
        nextStamp = Hlc.of(50_000, 0);
        putExpiring("a", 1_000);
        loop.runAll();
        nowHlc = Hlc.of(51_000, 0);
        Told read = read();
        assertThat(read.heard).isEmpty();
        assertThat(pastWanted).containsExactly(Hlc.of(51_000, 0));
        pastWaiting.forEach(Runnable::run);
        assertThat(read.heard).containsExactly("values a");
    }

    @Test
    void aWriteBackOfWhatHasExpiredIsAcknowledgedOnlyWhenTheClockStaysPastThat() {
        Dot dot = new Dot(Hlc.of(50_000, 0), OTHER);
        KeyRecord record = new KeyRecord(0, List.of(Sibling.expiring(dot, bytes("a"), 51_000)), Context.of(dot));
        nowHlc = Hlc.of(60_000, 0);
        Told plain = write(record, 1);
        Told writtenBack = new Told();
        replica.writeBack(KEY, record, RecordCodec.encode(record), 1, writtenBack);
        loop.runAll();
        assertThat(plain.heard).containsExactly("durable");
        assertThat(writtenBack.heard).isEmpty();
        pastWaiting.forEach(Runnable::run);
        assertThat(writtenBack.heard).containsExactly("durable");
    }

    @Test
    void aVersionIsShownOnlyWhenItIsDurable() {
        Told written = write(record(5, "a"), 1);
        Told read = read();
        assertThat(written.heard).isEmpty();
        assertThat(read.heard).isEmpty();
        loop.runAll();
        assertThat(written.heard).containsExactly("durable");
        assertThat(read.heard).containsExactly("values a");
    }

    @Test
    void aQuestionWaitsForTheVersionThatWasNewestWhenItCame() {
        write(record(5, "a"), 1);
        List<Long> answers = new ArrayList<>();
        replica.question(KEY, 1, dot -> answers.add(dot == null ? 0 : dot.hlc()), why -> answers.add(-1L));
        write(record(9, "b"), 1);
        loop.tasks.poll().run();
        assertThat(answers).containsExactly(5L);
        loop.runAll();
        assertThat(answers).containsExactly(5L);
        assertThat(replica.pendingKeys()).isZero();
    }

    @Test
    void anOlderVersionIsAcknowledgedOnlyWithThePendingOneThatCoversIt() {
        Told newer = write(record(9, "b"), 1);
        Told older = write(recordOf(new Actor(3, 1), 5, "a"), 1);
        assertThat(older.heard).isEmpty();
        loop.runAll();
        assertThat(newer.heard).containsExactly("durable");
        assertThat(older.heard).containsExactly("durable");
        assertThat(read().heard).containsExactly("values b");
        assertThat(discards).containsExactly(1);
    }

    @Test
    void aDurableNewerVersionCoversAnOlderOneAtOnce() {
        write(record(9, "b"), 1);
        loop.runAll();
        assertThat(write(record(5, "a"), 1).heard).containsExactly("durable");
        assertThat(loop.tasks).isEmpty();
    }

    @Test
    void clientWritesSupersedeWhatIsHeldAndAreStampedAboveIt() {
        write(record(5_000, "a"), 1);
        loop.runAll();
        Told put = put("b", Context.EMPTY);
        assertThat(put.heard).containsExactly("stamped");
        loop.runAll();
        assertThat(put.heard).containsExactly("stamped", "durable");
        assertThat(put.stamped.greatest().orElseThrow().hlc()).isGreaterThan(5_000);
        assertThat(read().heard).containsExactly("values b");
        assertThat(discards).isEmpty();
    }

    @Test
    void siblingsThatSurviveAreLoadedAndWrittenWithTheNewOne() {
        policy = ConflictPolicy.SIBLINGS;
        Told first = put("a", Context.EMPTY);
        loop.runAll();
        put("b", Context.EMPTY);
        Told third = put("c", first.stamped.context());
        loop.runAll();
        assertThat(third.stamped.siblings()).hasSize(2);
        assertThat(read().heard).containsExactly("values c,b");
    }

    @Test
    void tooManySiblingsAreRefusedAndNothingIsWritten() {
        policy = ConflictPolicy.SIBLINGS;
        for (int i = 0; i < 32; i++) {
            put("v" + i, Context.EMPTY);
            loop.runAll();
        }
        assertThat(put("one more", Context.EMPTY).heard).containsExactly("TOO_MANY_SIBLINGS");
        assertThat(loop.tasks).isEmpty();
    }

    @Test
    void aRefusedAppendLeavesTheKeyAsItWas() {
        write(record(5, "a"), 1);
        loop.runAll();
        store.refusing = Optional.of(RecordStore.Refusal.DISK_FULL);
        Told refused = put("b", Context.EMPTY);
        assertThat(refused.heard).containsExactly("DISK_FULL");
        assertThat(read().heard).containsExactly("values a");
        store.refusing = Optional.empty();
        put("c", Context.EMPTY);
        loop.runAll();
        assertThat(read().heard).containsExactly("values c");
    }

    /** Others hold the first write and acknowledged it; what this store stamps next covers all its own earlier stamps. */
    @Test
    void aStampedVersionThatTheDiskRefusedComesWithTheNextOne() {
        policy = ConflictPolicy.SIBLINGS;
        store.refusingLater = Optional.of(RecordStore.Refusal.DISK_FULL);
        Told first = put("sent, not kept", Context.EMPTY);
        loop.runAll();
        assertThat(first.heard).containsExactly("stamped", "DISK_FULL");
        assertThat(read().heard).containsExactly("nothing");

        Told refusedToo = put("sent as well", Context.EMPTY);
        loop.runAll();
        assertThat(refusedToo.heard).containsExactly("stamped", "DISK_FULL");
        store.refusingLater = Optional.empty();
        Told second = put("kept", Context.EMPTY);
        loop.runAll();

        assertThat(second.heard).containsExactly("stamped", "durable");
        assertThat(values(second.stamped)).contains("sent, not kept", "sent as well", "kept");
        assertThat(policy.merge(second.stamped, first.stamped).record()).isEqualTo(second.stamped);
        assertThat(values(policy.merge(first.stamped, second.stamped).record())).contains("sent, not kept");
    }

    @Test
    void aStampedVersionThatTheDiskRefusedIsAcknowledgedToAnotherReplicaOnlyWhenItIsDurable() {
        policy = ConflictPolicy.SIBLINGS;
        store.refusingLater = Optional.of(RecordStore.Refusal.DISK_FULL);
        Told first = put("sent, not kept", Context.EMPTY);
        loop.runAll();
        store.refusingLater = Optional.empty();

        Told back = write(first.stamped, 1);
        assertThat(back.heard).isEmpty();
        loop.runAll();
        assertThat(back.heard).containsExactly("durable");
        assertThat(read().heard).containsExactly("values " + values(first.stamped));
    }

    @Test
    void clientsAreRefusedWhenTheDiskRefusedTooManyStampedVersions() {
        store.refusingLater = Optional.of(RecordStore.Refusal.DISK_FULL);
        for (int i = 0; i < PartitionReplica.MAX_OWED; i++) {
            replica.stamp(
                    Key.of("key " + i), new ClientWrite(bytes("v"), Context.EMPTY, 0, Context.EMPTY), 1, new Told());
        }
        loop.runAll();
        store.refusingLater = Optional.empty();
        assertThat(put("one too many", Context.EMPTY).heard).containsExactly("DISK_FULL");
    }

    /** Store 1 joins partition 0 by a move that began in the ring's epoch. */
    private static Ring joining(long epoch) {
        Ring settled = ring(epoch);
        return Ring.require(RingChange.withHash(settled.table().toBuilder()
                .setPartitions(
                        0,
                        settled.table().getPartitions(0).toBuilder()
                                .clearReplicas()
                                .addAllReplicas(List.of(1, 2))
                                .setMove(Move.newBuilder()
                                        .addAllReplicas(List.of(0, 1, 2))
                                        .setRead(2)
                                        .setWrite(2)
                                        .setPhase(MovePhase.COPY)
                                        .setCopyEpoch(epoch)))));
    }

    @Test
    void aJoiningStoreTakesNothingBeforeItsOlderCopyIsGone() {
        write(record(5, "older copy"), 1);
        loop.runAll();
        ring = joining(2);
        assertThat(write(record(6, "b"), 2).heard).containsExactly("CANNOT_SAY");

        List<Boolean> begun = new ArrayList<>();
        replica.repair().beginCopy(2, begun::add);
        loop.runAll();
        assertThat(begun).containsExactly(true);
        assertThat(replica.repair().keys()).isZero();
        assertThat(replica.repair().copyBegun()).isEqualTo(2);

        Told taken = write(record(6, "b"), 2);
        loop.runAll();
        assertThat(taken.heard).containsExactly("durable");
        Told read = new Told();
        replica.read(KEY, 2, Integer.MAX_VALUE, read);
        loop.runAll();
        assertThat(read.heard).as("it acknowledges, and answers nothing").containsExactly("CANNOT_SAY");
    }

    @Test
    void theCopyOfAnotherMoveIsNoneForThisOne() {
        ring = joining(2);
        replica.repair().beginCopy(2, begun -> {});
        loop.runAll();
        ring = joining(3);

        assertThat(write(record(6, "b"), 3).heard).containsExactly("CANNOT_SAY");
    }

    @Test
    void aMessageOfAnOlderRingIsRefusedOnArrivalAndOnceMoreWhenItsWriteIsDurable() {
        Told before = write(record(5, "a"), 1);
        ring = ring(2);
        Told after = write(record(6, "b"), 1);
        assertThat(after.heard).containsExactly("WRONG_EPOCH");
        loop.runAll();
        assertThat(before.heard).containsExactly("WRONG_EPOCH");
        assertThat(write(record(7, "c"), 2).heard).isEmpty();
    }

    @Test
    void aSuspectPartitionTakesWritesButCannotSayWhatItHolds() {
        store.suspectAll(0);
        Told written = write(record(5, "a"), 1);
        loop.runAll();
        assertThat(written.heard).containsExactly("durable");
        assertThat(read().heard).containsExactly("CANNOT_SAY");
        List<Refusal> refusals = new ArrayList<>();
        replica.question(KEY, 1, dot -> {}, refusals::add);
        assertThat(refusals).containsExactly(Refusal.CANNOT_SAY);
    }

    @Test
    void twoValuesUnderOneDotAreCounted() {
        write(record(5, "a"), 1);
        write(record(5, "b"), 1);
        loop.runAll();
        assertThat(reused).isEqualTo(1);
    }

    @Test
    void largeRecordsAreAnsweredByDigestWhenOnlySmallOnesAreWanted() {
        write(record(5, "x".repeat(5_000)), 1);
        loop.runAll();
        Told told = new Told();
        replica.read(KEY, 1, 4_096, told);
        assertThat(told.heard).containsExactly("digest");
    }

    // --- what repair adds

    private void promise(long upTo) {
        List<Long> promises = new ArrayList<>();
        replica.repair().promise(upTo, promises::add);
        assertThat(promises).as("not before no restart can take it back").isEmpty();
        pastWaiting.forEach(Runnable::run);
        pastWaiting.clear();
        assertThat(promises).containsExactly(upTo);
    }

    private Told merge(KeyRecord record) {
        Told told = new Told();
        replica.repair().merge(KEY, record, RecordCodec.encode(record), 1, told);
        loop.runAll();
        return told;
    }

    private void repaired(long upTo) {
        replica.repair().raiseRepairedUpTo(upTo, () -> {});
        loop.runAll();
    }

    @Test
    void aClientsWriteAtOrBelowAPromiseIsRefusedUnlessItIsHeld() {
        KeyRecord held = record(5, "a");
        write(held, 1);
        loop.runAll();
        promise(10);
        assertThat(write(held, 1).heard).containsExactly("durable");
        assertThat(write(record(10, "late"), 1).heard).containsExactly("BELOW_WATERMARK");
        assertThat(belowWatermark).as("a promise alone is no watermark").isZero();
        repaired(10);
        assertThat(write(record(9, "late"), 1).heard).containsExactly("BELOW_WATERMARK");
        assertThat(belowWatermark).isEqualTo(1);
        Told above = write(record(11, "b"), 1);
        loop.runAll();
        assertThat(above.heard).containsExactly("durable");
    }

    @Test
    void aPromiseStaysBelowTheOldestVersionThatIsNotDurable() {
        write(record(5, "a"), 1);
        List<Long> promises = new ArrayList<>();
        replica.repair().promise(10, promises::add);
        loop.runAll();
        replica.repair().promise(10, promises::add);
        pastWaiting.forEach(Runnable::run);
        assertThat(promises).containsExactly(4L, 10L);
    }

    @Test
    void whatAnotherReplicaHoldsIsTakenBelowAPromiseButNotBelowTheWatermark() {
        promise(10);
        merge(record(8, "a"));
        assertThat(read().heard).containsExactly("values a");
        repaired(10);
        assertThat(merge(record(9, "late")).heard).containsExactly("durable");
        assertThat(read().heard).as("covered by what may be collected").containsExactly("values a");
        assertThat(merge(record(11, "b")).heard).containsExactly("durable");
        assertThat(read().heard).containsExactly("values b");
    }

    @Test
    void aSuspectPartitionRestoresWhatLiesBelowTheWatermark() {
        repaired(10);
        store.suspectAll(0);
        merge(record(9, "a"));
        assertThat(replica.repair().digest(KEY)).isEqualTo(record(9, "a").digest());
    }

    @Test
    void siblingsBelowTheWatermarkAreDroppedOneByOne() {
        policy = ConflictPolicy.SIBLINGS;
        repaired(10);
        KeyRecord two = policy.merge(record(9, "late"), recordOf(new Actor(3, 1), 12, "b"))
                .record();
        assertThat(two.siblings()).hasSize(2);
        merge(two);
        assertThat(read().heard).containsExactly("values b");
    }

    @Test
    void theTreeFollowsWhatIsDurable() {
        write(record(5, "a"), 1);
        loop.runAll();
        assertThat(replica.repair().growTree(1_000)).isTrue();
        long before = replica.repair().tree().root();
        write(record(7, "b"), 1);
        assertThat(replica.repair().tree().root()).isEqualTo(before);
        write(record(9, "c"), 1);
        loop.runAll();
        MerkleTree fresh = new MerkleTree(64);
        fresh.replace(KEY.bytes(), 0, record(9, "c").digest());
        assertThat(replica.repair().tree().root()).isEqualTo(fresh.root());
    }

    @Test
    void onlyTombstonesThatTheWatermarkCoversAreCollected() {
        Dot dot = new Dot(20, OTHER);
        KeyRecord gone = new KeyRecord(0, List.of(Sibling.tombstone(dot)), Context.of(dot));
        write(gone, 1);
        loop.runAll();
        replica.repair().growTree(1_000);
        assertThat(replica.repair().tombstones()).isEqualTo(1);
        repaired(19);
        assertThat(replica.repair().collect(Optional.empty(), 100).keys()).isZero();
        repaired(20);
        assertThat(replica.repair().collect(Optional.empty(), 100).keys()).isEqualTo(1);
        assertThat(replica.repair().tree().root()).isZero();
        assertThat(replica.repair().digest(KEY)).isZero();
        assertThat(merge(record(15, "ghost")).heard).containsExactly("durable");
        assertThat(replica.repair().digest(KEY)).as("no resurrection").isZero();
    }

    /** As if what is durably held could not be read. */
    private List<String> restore(KeyRecord found, long lostUpTo) {
        List<String> heard = new ArrayList<>();
        replica.repair().restore(KEY, found, lostUpTo, 1, new RestoreListener() {
            @Override
            public void restored() {
                heard.add("restored");
            }

            @Override
            public void lost() {
                heard.add("lost");
            }

            @Override
            public void refused(Refusal why) {
                heard.add(why.name());
            }
        });
        assertThat(heard).as("nothing is told before it is durable").doesNotContain("restored", "lost");
        loop.runAll();
        return heard;
    }

    @Test
    void aRecordWhoseBytesAreBadIsWrittenAgainAlthoughItsDotsAreHeld() {
        KeyRecord held = record(5, "a");
        write(held, 1);
        loop.runAll();
        assertThat(restore(held, 0)).containsExactly("restored");
    }

    @Test
    void anOlderCopyDoesNotRestoreADamagedRecord() {
        write(record(9, "new"), 1);
        loop.runAll();
        assertThat(restore(record(5, "old"), 0)).containsExactly("CANNOT_SAY");
        assertThat(restore(record(5, "old"), 8)).as("9 may still come").containsExactly("CANNOT_SAY");
        assertThat(replica.repair().digest(KEY)).isEqualTo(record(9, "new").digest());
    }

    @Test
    void siblingsOfADamagedRecordAreFoundAtSeveralReplicas() {
        policy = ConflictPolicy.SIBLINGS;
        KeyRecord one = record(5, "a");
        KeyRecord other = recordOf(THIRD, 6, "b");
        KeyRecord both = replica.repair().join(one, other);
        write(both, 1);
        loop.runAll();
        assertThat(restore(one, 0)).containsExactly("CANNOT_SAY");
        assertThat(restore(replica.repair().join(one, other), 0)).containsExactly("restored");
        Told read = read();
        loop.runAll();
        assertThat(read.heard).containsExactly("values b,a");
    }

    /** ADR 18: a hint may still hold the dot; the context of a later stamp would cover it. */
    @Test
    void whoGaveUpItsOwnDotStampsNothingOnTheKeyUntilItIsGivenBack() {
        policy = ConflictPolicy.SIBLINGS;
        Told first = put("a", Context.EMPTY);
        loop.runAll();
        assertThat(restore(KeyRecord.EMPTY, first.stamped.greatestHlc())).containsExactly("lost");
        assertThat(replica.repair().digest(KEY))
                .as("as if it had never been here")
                .isZero();
        assertThat(store.stampsForgotten()).isTrue();
        Told refused = put("b", Context.EMPTY);
        loop.runAll();
        assertThat(refused.heard).containsExactly("CANNOT_SAY");

        assertThat(merge(first.stamped).heard).containsExactly("durable");
        Told again = put("b", Context.EMPTY);
        loop.runAll();
        assertThat(again.stamped.siblings()).as("what came back is kept").hasSize(2);
    }

    @Test
    void whatOthersHoldTakesThePlaceOfALostRecord() {
        write(record(9, "new"), 1);
        loop.runAll();
        assertThat(restore(record(5, "old"), 9)).containsExactly("lost");
        Told read = read();
        loop.runAll();
        assertThat(read.heard).containsExactly("values old");
        assertThat(store.stampsForgotten()).as("it was another's").isFalse();
        assertThat(put("own", Context.EMPTY).heard).contains("stamped");
    }
}
