package io.kvcluster.node.repair;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.replica.RepairSide.Entry;
import io.kvcluster.node.replica.RepairSide.Listing;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.proto.peer.BucketAnswer;
import io.kvcluster.proto.peer.BucketRequest;
import io.kvcluster.proto.peer.ExchangeAnswer;
import io.kvcluster.proto.peer.ExchangeDone;
import io.kvcluster.proto.peer.ExchangeRequest;
import io.kvcluster.proto.peer.KeyDigest;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One exchange of one partition with one other replica, driven from here. On the partition's loop.
 *
 * <ol>
 *   <li>Both promise what the exchange will cover, and tell their roots.
 *   <li>Down the tree: the children of the nodes that differ, until the leaves that differ are known.
 *   <li>Page by page in key order: the keys of those leaves on both sides; those whose digests differ are given or taken.
 *   <li>Done is told; then both sides count the exchange.
 * </ol>
 */
final class Exchange {
    /** How it ended. */
    sealed interface End {
        /**
         * @param covered everything at or below it that either held, both hold
         * @param repairedUpTo of the other side when it began
         */
        record Complete(long covered, long repairedUpTo, boolean peerSuspect, int keys) implements End {}

        /** The other replica is in another exchange of the partition: the same records would travel twice. */
        record Busy() implements End {}

        record Failed(String why) implements End {}
    }

    /** Own keys of a page: where the other side has few in a long range, ours would be without bound. */
    private static final int PAGE_KEYS = 4_096;

    private static final int OPENINGS = 40;
    private static final long OPENING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final PartitionRepair partition;
    private final RepairSide side;
    private final Pair pair;
    private final Asking asking;
    private final RepairConfig config;
    private final Consumer<End> done;
    private final boolean suspect;
    private final long life;
    private final long changedEpoch;
    private long notBeforeNanos;
    private int openings;
    private long promised;
    private ExchangeAnswer theirs = ExchangeAnswer.getDefaultInstance();
    private RepairSide.Nodes nodes = new RepairSide.Nodes(0, new BitSet());
    private final KeyRepairs repairs;
    private boolean opening = true;
    private boolean ended;

    Exchange(
            PartitionRepair partition,
            Pair pair,
            Asking asking,
            RepairConfig config,
            RepairEvents events,
            Consumer<End> done) {
        this.partition = partition;
        this.side = partition.side();
        this.pair = pair;
        this.asking = asking;
        this.config = config;
        this.done = done;
        this.suspect = partition.suspect();
        this.life = side.life();
        this.changedEpoch = partition.changedEpochNow();
        this.repairs = new KeyRepairs(side, suspect, pair.storeId, asking, config.window(), events);
    }

    int keys() {
        return repairs.repaired();
    }

    String peer() {
        return pair.storeId;
    }

    /** Nothing has been compared yet. */
    boolean opening() {
        return opening;
    }

    /** The other side begins one of the same pair: theirs goes on. */
    void giveWay() {
        if (!ended) {
            ended = true;
            done.accept(new End.Busy());
        }
    }

    void cancel() {
        fail("cancelled");
    }

    // --- 1. roots

    void start() {
        side.promise(side.now() - (config.coverLag().toMillis() << Hlc.COUNTER_BITS), upTo -> {
            promised = upTo;
            open();
        });
    }

    private void open() {
        ExchangeRequest.Builder request = ExchangeRequest.newBuilder()
                .setPartition(side.partition())
                .setDeadlineMillis(asking.deadlineMillis())
                .setSuspect(suspect)
                .setCovered(promised)
                .setCoveredWithAll(partition.coveredWithAll())
                .setRepairedUpTo(side.repairedUpTo())
                .setLeaves(side.tree().leaves());
        asking.ask(
                pair.storeId,
                PeerMessage.newBuilder().setExchangeRequest(request),
                0,
                answer -> opened(answer.getExchangeAnswer()),
                why -> {
                    // the bulk lane is opened by the first need of it
                    if (why == io.kvcluster.node.peer.PeerFailure.NOT_SENT && ++openings < OPENINGS) {
                        side.loop().after(OPENING_NANOS, this::open);
                    } else {
                        fail("no answer: " + why);
                    }
                });
    }

    private void opened(ExchangeAnswer answer) {
        if (ended) {
            return;
        }
        if (answer.getStatus() == PeerStatus.PEER_OVERLOADED) {
            ended = true;
            done.accept(new End.Busy());
            return;
        }
        if (refused(answer.getStatus(), answer.getPauseMillis())) {
            return;
        }
        if (ringChanged()) {
            return;
        }
        opening = false;
        pair.promised = Math.max(pair.promised, answer.getCovered());
        if (answer.getLeaves() != side.tree().leaves()) {
            fail("its tree has " + answer.getLeaves() + " leaves, ours "
                    + side.tree().leaves());
            return;
        }
        if (partition.passedBy(answer.getRepairedUpTo())) {
            partition.passed(answer.getRepairedUpTo(), pair.storeId);
            fail("its watermark passed this replica");
            return;
        }
        theirs = answer;
        partition.heard(pair.storeId, answer.getCoveredWithAll());
        if (answer.getRoot() == side.tree().root()) {
            tellDone();
        } else {
            descend();
        }
    }

    // --- 2. down the tree

    private void descend() {
        new TreeDescent(this, side, suspect, theirs.getKeys()).start(differing -> {
            if (differing.at().isEmpty()) {
                tellDone();
            } else {
                nodes = differing;
                nextPage(Optional.empty());
            }
        });
    }

    // --- 3. keys

    private void nextPage(Optional<Key> after) {
        BucketRequest.Builder request = BucketRequest.newBuilder()
                .setPartition(side.partition())
                .setDeadlineMillis(asking.deadlineMillis())
                .setSuspect(suspect)
                .setLevel(nodes.level())
                .setNodes(UnsafeByteOperations.unsafeWrap(nodes.at().toByteArray()))
                .setCollectedUpTo(collectedUpTo());
        after.ifPresent(key -> request.setAfter(UnsafeByteOperations.unsafeWrap(key.bytes())));
        ask(PeerMessage.newBuilder().setBucketRequest(request), message -> {
            BucketAnswer answer = message.getBucketAnswer();
            if (refused(answer.getStatus(), answer.getPauseMillis())) {
                return;
            }
            ByteString upTo = answer.getUpTo();
            if (upTo.size() > Limits.KEY_BYTES || !wellFormed(answer.getKeysList())) {
                fail("its list has keys that are none");
                return;
            }
            Optional<Key> end = upTo.isEmpty() ? Optional.empty() : Optional.of(Key.of(upTo.toByteArray()));
            if (end.isPresent() && after.isPresent() && end.get().compareTo(after.get()) <= 0) {
                fail("its page ends before it begins");
                return;
            }
            ownPage(after, end, new ArrayList<>(), answer.getKeysList());
        });
    }

    /** What a suspect replica lost is restored from tombstones too; among others, covered ones may be collected on one side already. */
    private long collectedUpTo() {
        return suspect || theirs.getSuspect() ? 0 : Math.max(side.repairedUpTo(), theirs.getRepairedUpTo());
    }

    /** The own keys of the range that their page covers, a slice per turn. */
    private void ownPage(Optional<Key> from, Optional<Key> end, List<Entry> ours, List<KeyDigest> listed) {
        if (ended) {
            return;
        }
        if (!(side.list(from, nodes, config.sliceRows(), Integer.MAX_VALUE, collectedUpTo())
                instanceof Listing.Page page)) {
            fail("the own index is being rebuilt");
            return;
        }
        for (Entry entry : page.entries()) {
            if (end.isEmpty() || entry.key().compareTo(end.get()) <= 0) {
                ours.add(entry);
            }
        }
        if (ours.size() >= PAGE_KEYS) {
            Key last = ours.getLast().key();
            comparePage(Optional.of(last), ours, upTo(last, listed));
            return;
        }
        boolean whole =
                page.upTo().isEmpty() || (end.isPresent() && page.upTo().get().compareTo(end.get()) >= 0);
        if (!whole) {
            side.loop().post(() -> ownPage(page.upTo(), end, ours, listed));
            return;
        }
        comparePage(end, ours, listed);
    }

    private static boolean wellFormed(List<KeyDigest> listed) {
        return listed.stream()
                .mapToInt(entry -> entry.getKey().size())
                .allMatch(bytes -> bytes >= 1 && bytes <= Limits.KEY_BYTES);
    }

    private static List<KeyDigest> upTo(Key last, List<KeyDigest> listed) {
        return listed.stream()
                .takeWhile(entry -> Key.of(entry.getKey().toByteArray()).compareTo(last) <= 0)
                .toList();
    }

    private void comparePage(Optional<Key> end, List<Entry> ours, List<KeyDigest> listed) {
        repairs.page(ours, listed, theirs.getSuspect() ? 0 : theirs.getRepairedUpTo());
        repairs.run(() -> pageRepaired(end), this::fail);
    }

    private void pageRepaired(Optional<Key> end) {
        if (ended) {
            return;
        }
        if (end.isPresent()) {
            nextPage(end);
        } else {
            tellDone();
        }
    }

    // --- 4. done

    private void tellDone() {
        if (ringChanged()) {
            return;
        }
        if (repairs.unreadable() > 0) {
            tookAll();
            return;
        }
        long covered = Math.min(promised, theirs.getCovered());
        partition.proved(covered);
        ExchangeDone request = ExchangeDone.newBuilder()
                .setPartition(side.partition())
                .setDeadlineMillis(asking.deadlineMillis())
                .setCovered(covered)
                .setLife(theirs.getLife())
                .setRepairedUpTo(suspect ? 0 : side.repairedUpTo())
                .setCoveredWithAll(partition.coveredWithAll())
                .build();
        ask(PeerMessage.newBuilder().setExchangeDone(request), message -> {
            if (refused(message.getExchangeDoneAnswer().getStatus(), 0)) {
                return;
            }
            if (side.life() != life || side.suspect() != suspect) {
                fail("this replica lost records meanwhile");
                return;
            }
            if (ringChanged()) {
                return;
            }
            ended = true;
            partition.heard(pair.storeId, message.getExchangeDoneAnswer().getCoveredWithAll());
            done.accept(new End.Complete(covered, theirs.getRepairedUpTo(), theirs.getSuspect(), repairs.repaired()));
        });
    }

    /** What both know of each other may be of another copy then; and only what was told under a ring of the move proves one. */
    private boolean ringChanged() {
        boolean changed = partition.changedEpochNow() != changedEpoch;
        if (changed) {
            fail("the ring changed meanwhile");
        }
        return changed;
    }

    /**
     * This side, which is suspect, has all that the other holds, but could not give a record that it cannot read: that ends no doubt but
     * its own. Nothing is covered by it. A record that nobody else has is given up only by a replica that is not suspect.
     */
    private void tookAll() {
        if (side.life() != life || side.suspect() != suspect) {
            fail("this replica lost records meanwhile");
            return;
        }
        ended = true;
        done.accept(new End.Complete(0, theirs.getRepairedUpTo(), theirs.getSuspect(), repairs.repaired()));
    }

    // --- asking, also by the descent

    int deadlineMillis() {
        return asking.deadlineMillis();
    }

    void ask(PeerMessage.Builder question, Consumer<PeerMessage> then) {
        asking.whenAffordable(notBeforeNanos, () -> {
            if (ended) {
                return;
            }
            asking.ask(
                    pair.storeId,
                    question,
                    0,
                    message -> {
                        if (!ended) {
                            then.accept(message);
                        }
                    },
                    why -> fail("no answer: " + why));
        });
    }

    boolean refused(PeerStatus status, int pauseMillis) {
        notBeforeNanos = asking.nanos() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        if (status != PeerStatus.OK) {
            fail("it answered " + status);
            return true;
        }
        return false;
    }

    void fail(String why) {
        if (!ended) {
            ended = true;
            done.accept(new End.Failed(why));
        }
    }
}
