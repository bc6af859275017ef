package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.version.Hlc;
import io.kvcluster.proto.peer.ExchangeDone;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one partition's copy stands with the other replicas. On the partition's loop. */
final class PartitionRepair {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionRepair.class);

    private static final long BUSY_MILLIS = 100;
    private static final long BUSY_SPREAD_MILLIS = 400;

    private final RepairSetup setup;
    private final RepairEvents events;
    private final RepairSide side;
    private final Map<String, Pair> pairs = new TreeMap<>();
    private final long firstDueNanos;
    private long changedEpoch;
    private boolean held;
    private boolean moving;
    /** Reads may ask the new set only when this store exchanged with the old one. */
    private boolean proving;

    private boolean duties;
    private boolean suspect;
    /** The end of the suspicion is on its way to the disk: until it is there, the store still names the partition suspect. */
    private boolean healing;

    private long collectedUpTo;
    private boolean raising;
    private long inherited;
    private boolean emptying;
    private boolean scrubbing;
    /** No exchange of any life that this replica took part in covers more: what others have repaired beyond it, they did without it. */
    private long proven;

    private @Nullable Exchange driven;
    private String lentTo = "";
    private long lentUntilNanos;

    /** @param firstDueNanos when the first exchanges after the start are due */
    PartitionRepair(RepairSetup setup, RepairEvents events, RepairSide side, long firstDueNanos) {
        this.setup = setup;
        this.events = events;
        this.side = side;
        this.firstDueNanos = firstDueNanos;
        this.proven = Math.max(side.promised(), side.repairedUpTo());
    }

    RepairSide side() {
        return side;
    }

    int partition() {
        return side.partition();
    }

    /** Follows the ring and the store. False: this store holds no copy, or one that it has to give up first. */
    boolean look(Ring ring) {
        boolean holder = ring.isHolder(partition(), setup.storeId());
        boolean begins = ring.joins(partition(), setup.storeId()) && side.copyBegun() != ring.copyEpoch(partition());
        held = holder && !begins;
        moving = ring.moves(partition());
        proving = held && proves(ring);
        duties = begins || (!holder && (side.keys() > 0 || side.suspect()));
        if (!held) {
            pairs.clear();
            suspect = false;
            changedEpoch = 0;
            inherited = 0;
            return false;
        }
        boolean changed = ring.changedEpoch(partition()) != changedEpoch;
        if (changed) {
            changedEpoch = ring.changedEpoch(partition());
            pairs.values().forEach(pair -> {
                pair.forgetCover();
                pair.coveredWithAll = 0;
            });
            if (suspect) {
                exchangeWithAll(); // what vouched is forgotten too, and nothing answers until it is heard again
            }
        }
        List<Member> replicas = ring.holders(partition());
        pairs.keySet()
                .removeIf(store -> replicas.stream()
                        .noneMatch(member -> member.getStoreId().equals(store)));
        for (Member member : replicas) {
            if (!member.getStoreId().equals(setup.storeId())) {
                pairs.computeIfAbsent(member.getStoreId(), store -> new Pair(store, firstDueNanos));
            }
        }
        lookAtSuspicion();
        if (changed && proving) {
            markAllDirty();
        }
        return true;
    }

    private boolean proves(Ring ring) {
        return ring.moves(partition())
                && ring.move(partition()).getPhase() == MovePhase.COPY
                && ring.isTarget(partition(), setup.storeId());
    }

    /** This store left the partition, or joins it with an older copy: what it holds is given to the replicas, and dropped. */
    boolean hasDuties() {
        return duties;
    }

    /** How the copy here stands, for the move under way; empty when none is. */
    Optional<RepairReport.Copy> copy(Ring ring) {
        if (!held || !proves(ring)) {
            return Optional.empty();
        }
        List<String> met = new ArrayList<>();
        List<String> vouched = new ArrayList<>();
        boolean current = ring.changedEpoch(partition()) == changedEpoch;
        for (Pair pair : pairs.values()) {
            if (current && pair.met) {
                met.add(pair.storeId);
            }
            if (current && pair.vouched) {
                vouched.add(pair.storeId);
            }
        }
        return Optional.of(new RepairReport.Copy(
                partition(), ring.copyEpoch(partition()), !suspect && !side.suspect(), vouched, met, side.keys()));
    }

    /** Of the ring in use now; the last look may have seen an older one. */
    long changedEpochNow() {
        Ring ring = setup.rings().get();
        return ring == null ? 0 : ring.changedEpoch(partition());
    }

    private void lookAtSuspicion() {
        if (side.suspect() && !suspect && !healing) {
            suspect = true;
            side.newLife();
            side.indexRebuilt();
            pairs.values().forEach(pair -> {
                pair.forgetCover();
                pair.markDirty(setup.clock().nanos());
            });
        }
    }

    boolean held() {
        return held;
    }

    boolean suspect() {
        return suspect;
    }

    Collection<Pair> pairs() {
        return pairs.values();
    }

    /** Who else may hold what is damaged here; of a copy that is to be given up, all that the ring names. */
    List<String> others() {
        Ring ring = setup.rings().get();
        if (held || ring == null) {
            return List.copyOf(pairs.keySet());
        }
        return ring.holders(partition()).stream()
                .filter(member -> !member.getDiskGone())
                .map(Member::getStoreId)
                .filter(store -> !store.equals(setup.storeId()))
                .toList();
    }

    @Nullable Pair pair(String storeId) {
        return pairs.get(storeId);
    }

    void markDirty(String storeId) {
        Pair pair = pairs.get(storeId);
        if (pair != null) {
            pair.markDirty(setup.clock().nanos());
        }
    }

    void markAllDirty() {
        pairs.values().forEach(pair -> pair.backoffNanos = 0);
        exchangeWithAll();
    }

    /** So that all promise anew, as soon as failed tries allow. */
    void exchangeWithAll() {
        pairs.values().forEach(pair -> pair.markDirty(setup.clock().nanos()));
    }

    /** What a damaged record said is lost: no replica has it. */
    void lost(Key key) {
        events.damagedRecordLost();
        LOG.error(
                "Partition {}: versions of {} are damaged here and no other replica holds them; they are given up",
                partition(),
                key);
    }

    /** Its records are being read back from the disk, or will be. */
    boolean scrubbing() {
        return scrubbing;
    }

    void scrubbing(boolean now) {
        scrubbing = now;
    }

    PartitionReport report() {
        Exchange own = driven;
        String with = own == null ? "" : own.peer();
        return new PartitionReport(
                partition(),
                side.keys(),
                side.tombstones(),
                side.treeReady(),
                side.treeReady() ? side.tree().root() : 0,
                Hlc.millis(side.repairedUpTo()),
                suspect || side.suspect(),
                scrubbing,
                side.corruptKeys(),
                pairs.values().stream()
                        .map(pair -> new PartitionReport.WithStore(
                                pair.storeId, pair.dirty, pair.storeId.equals(with), pair.lastEndMillis))
                        .toList());
    }

    // --- one exchange at a time

    void drives(@Nullable Exchange exchange) {
        driven = exchange;
    }

    /** In an exchange that another replica drives. */
    boolean lent() {
        return !lentTo.isEmpty() && lentUntilNanos - setup.clock().nanos() > 0;
    }

    /**
     * The store begins an exchange here. False when another exchange of the partition is under way. Of two
     * replicas that begin with each other, the one of the smaller storeId goes on.
     */
    boolean lend(String storeId) {
        if (lent() && !lentTo.equals(storeId)) {
            return false;
        }
        Exchange own = driven;
        if (own != null) {
            boolean theirsFirst = own.peer().equals(storeId) && own.opening() && storeId.compareTo(setup.storeId()) < 0;
            if (!theirsFirst) {
                return false;
            }
            own.giveWay();
        }
        lentTo = storeId;
        lentUntilNanos = setup.clock().nanos() + setup.config().askDeadline().toNanos();
        return true;
    }

    /**
     * The store asked for more in an exchange that it began. One that only hands over asks the same, and keeps nobody from exchanging:
     * what it has to give may wait for just that exchange.
     */
    void goesOn(String storeId) {
        if (lentTo.equals(storeId)) {
            lentUntilNanos =
                    setup.clock().nanos() + setup.config().askDeadline().toNanos();
        }
    }

    void giveBack(String storeId) {
        if (lentTo.equals(storeId)) {
            lentTo = "";
        }
    }

    /** Tried again soon, at another moment than others that found the same. */
    void busy(Pair pair) {
        pair.dirty = true;
        long spread = Math.floorMod(
                (setup.storeId() + pair.storeId).hashCode() * 31L + pair.busyTries++ * 7_919L, BUSY_SPREAD_MILLIS);
        pair.dueNanos = setup.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(BUSY_MILLIS + spread);
    }

    // --- ends of exchanges

    /** This side drove it. */
    void exchanged(Pair pair, Exchange.End.Complete end) {
        if (pairs.get(pair.storeId) != pair || changedEpochNow() != changedEpoch) {
            return; // the next look begins anew under another ring
        }
        pair.covered = Math.max(pair.covered, end.covered());
        pair.lastEndMillis = setup.clock().wallMillis();
        pair.met = true;
        if (!end.peerSuspect()) {
            pair.vouched = true;
            inherited = Math.max(inherited, end.repairedUpTo());
        }
        if (!pair.vouched && (suspect || proving)) {
            failed(pair); // it counts when the other does not doubt its copy any more, and nobody tells when that is
        } else {
            pair.backoffNanos = 0;
            pair.dueNanos = setup.clock().nanos()
                    + (pair.dirty ? 0 : setup.config().interval().toNanos());
        }
        heal();
        inherit();
        considerWatermark();
    }

    /** Nothing is left to compare: the other side may count the exchange from the next message on. */
    void proved(long covered) {
        proven = Math.max(proven, covered);
    }

    /** The other side drove it. */
    void exchangedByPeer(String storeId, ExchangeDone end) {
        Pair pair = pairs.get(storeId);
        if (pair == null) {
            return;
        }
        proved(end.getCovered());
        pair.covered = Math.max(pair.covered, end.getCovered());
        inherited = Math.max(inherited, end.getRepairedUpTo());
        inherit();
        pair.lastEndMillis = setup.clock().wallMillis();
        if (!pair.dirty) {
            pair.dueNanos = setup.clock().nanos() + setup.config().interval().toNanos();
        }
        heard(storeId, end.getCoveredWithAll());
    }

    void failed(Pair pair) {
        pair.dirty = true;
        long most = setup.config().retryMax().toNanos();
        pair.backoffNanos =
                Math.clamp(pair.backoffNanos * 2, setup.config().retryAfter().toNanos(), most);
        pair.dueNanos = setup.clock().nanos() + pair.backoffNanos;
    }

    // --- suspicion

    private void heal() {
        Ring ring = setup.rings().get();
        if (!suspect || ring == null) {
            return;
        }
        Healers healers = Healers.of(ring, partition(), setup.storeId());
        List<Pair> old = pairs.values().stream()
                .filter(pair -> healers.old().contains(pair.storeId))
                .toList();
        int vouched = (int) old.stream().filter(pair -> pair.vouched).count();
        boolean enough = !old.isEmpty() && vouched >= healers.needed();
        boolean allMet = old.stream().allMatch(pair -> pair.met && setup.peers().isUp(pair.storeId));
        boolean liveMet =
                old.stream().allMatch(pair -> pair.met || !setup.peers().isUp(pair.storeId));
        // one that joins waits until those that doubt theirs have healed among themselves
        boolean done = healers.joining() ? old.isEmpty() || (enough && liveMet) : enough || allMet;
        if (!done) {
            return;
        }
        if (!enough || healers.short_()) {
            events.possibleLoss();
            LOG.error(
                    "Partition {}: only {} of {} other replicas are unsuspected; what they all lost is lost",
                    partition(),
                    vouched,
                    pairs.size());
        }
        suspect = false;
        healing = true;
        side.clearSuspicion(() -> {
            healing = false;
            if (healers.joining()) {
                LOG.info(
                        "Partition {}: the copy of epoch {} is complete and durable, exchanged with {}",
                        partition(),
                        side.copyBegun(),
                        old.stream()
                                .filter(pair -> pair.vouched)
                                .map(pair -> pair.storeId)
                                .toList());
            } else {
                LOG.info("Partition {} answers again", partition());
            }
        });
    }

    /** What was missing may have been an exchange with a store that is down now; or nobody else holds a copy. */
    void healIfDone() {
        if (suspect) {
            heal();
        }
    }

    // --- the watermark

    /** What exchanges of this life cover with every other replica. */
    long coveredWithAll() {
        long covered = Long.MAX_VALUE;
        for (Pair pair : pairs.values()) {
            covered = Math.min(covered, pair.covered);
        }
        if (!held) {
            return 0; // whoever left has no pairs, and must not look as if it were repaired with all
        }
        return pairs.isEmpty() ? side.promised() : covered;
    }

    void promisedBy(String storeId, long upTo) {
        Pair pair = pairs.get(storeId);
        if (pair != null) {
            pair.promised = Math.max(pair.promised, upTo);
        }
    }

    /** No other replica takes a client's write at or below it any more; 0 when there is none or some are not known to. */
    long promisedByAll() {
        return pairs.values().stream().mapToLong(pair -> pair.promised).min().orElse(0);
    }

    void heard(String storeId, long coveredWithAll) {
        Pair pair = pairs.get(storeId);
        if (pair != null && coveredWithAll > pair.coveredWithAll) {
            pair.coveredWithAll = coveredWithAll;
            considerWatermark();
        }
    }

    /**
     * The watermark of another replica, told outside of an exchange: it is about to collect. When their last exchange reaches that
     * far, it counts as if it had been told there. So tombstones go on all replicas at once, and not an interval later on some.
     */
    void heardWatermark(String storeId, long repairedUpTo) {
        Pair pair = pairs.get(storeId);
        if (pair != null && repairedUpTo <= pair.covered) {
            inherited = Math.max(inherited, repairedUpTo);
            inherit();
        }
    }

    /**
     * After an exchange this replica holds what the other held, and that was everything at or below its watermark. So a copy
     * inherits it, and the watermark reaches all replicas with one exchange.
     */
    private void inherit() {
        if (inherited > side.repairedUpTo()) {
            raise(inherited);
        }
    }

    private void raise(long upTo) {
        if (!suspect && !raising) {
            raising = true;
            side.raiseRepairedUpTo(upTo, () -> {
                raising = false;
                inherit(); // what was heard meanwhile
                considerWatermark();
            });
        }
    }

    /** The smallest over every pair of replicas; this replica's own pairs are its own knowledge, the others' are told. */
    private void considerWatermark() {
        long upTo = coveredWithAll();
        for (Pair pair : pairs.values()) {
            upTo = Math.min(upTo, pair.coveredWithAll);
        }
        if (upTo > side.repairedUpTo()) {
            raise(upTo);
        }
    }

    /** A partition with one replica: what is promised is repaired. */
    void considerAlone() {
        if (held && pairs.isEmpty() && side.treeReady()) {
            side.promise(side.now() - lag(), _ -> considerWatermark());
        }
    }

    private long lag() {
        return setup.config().coverLag().toMillis() << Hlc.COUNTER_BITS;
    }

    boolean collectionDue() {
        return held && !moving && !suspect && side.tombstones() > 0 && side.repairedUpTo() > collectedUpTo;
    }

    void collected(long upTo) {
        collectedUpTo = upTo;
    }

    /**
     * Another replica's watermark passed this one, which never took part: it was away so long, or replaced, that deletes it did
     * not see may be collected. What it holds must not be shown before it was copied anew.
     */
    boolean passedBy(long repairedUpTo) {
        return repairedUpTo > proven && !side.suspect();
    }

    /** Nothing is collected in a partition that moves: a tombstone waits for those that join and leave. */
    boolean movesNow() {
        Ring ring = setup.rings().get();
        return ring != null && ring.moves(partition());
    }

    /** Empties this copy, durably suspect before anything is dropped; exchanges then copy it anew. */
    void passed(long repairedUpTo, String by) {
        if (emptying) {
            return;
        }
        emptying = true;
        LOG.warn(
                "Partition {}: the watermark {} of store {} passed this replica, which was away; it is emptied and copied anew",
                partition(),
                Hlc.text(repairedUpTo),
                by);
        side.empty(() -> emptying = false);
    }
}
