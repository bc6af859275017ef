package io.kvcluster.node.membership;

import io.kvcluster.node.membership.RingDecision.Adopted;
import io.kvcluster.node.membership.RingDecision.Cause;
import io.kvcluster.node.membership.RingDecision.Known;
import io.kvcluster.node.membership.RingDecision.Refused;
import io.kvcluster.node.peer.RingExchange;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.EpochRule;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the ring of this node. Whoever has a ring offers it; one loop judges (ring.md, Epoch rules), makes the accepted one
 * durable, only then publishes it, and tells the listeners in the order of epochs. The loop may block on the disk: it is not
 * one that serves data.
 */
public final class RingKeeper implements RingExchange {
    private static final Logger log = LoggerFactory.getLogger(RingKeeper.class);
    public static final String FILE = "ring.json";

    private final ClusterIdentity identity;
    private final Loop loop;
    private final DurableFile file;
    private final List<Listener> listeners = new ArrayList<>();
    private final LongAdder forks = new LongAdder();
    private volatile @Nullable Ring current;
    private volatile Standing standing = new Standing.Waiting();

    /** Keeper's loop: until then offers are NOT_READY. */
    private boolean open;

    /** Forks that were counted: one count for each hash, not for each heartbeat. Keeper's loop only. */
    private String countedFork = "";

    private record Listener(Loop loop, Consumer<Ring> adopted) {}

    private final List<Consumer<Standing>> standingListeners = new ArrayList<>();

    /** @param loop the owner; may block on the disk */
    public RingKeeper(ClusterIdentity identity, Disk disk, Loop loop) {
        this.identity = identity;
        this.loop = loop;
        this.file = new DurableFile(disk, FILE, RingJson.MAX_BYTES);
    }

    /**
     * Reads the last accepted ring. Once, before peers are joined, on the thread that starts the node.
     *
     * @throws IOException naming the file when it cannot be read or is damaged: going on without it could accept an older ring
     */
    public void open() throws IOException {
        Optional<Ring> kept = file.exists() ? Optional.of(parse(file.read())) : Optional.empty();
        loop.post(() -> {
            open = true;
            kept.ifPresent(this::publish);
        });
    }

    private Ring parse(String json) throws IOException {
        return switch (RingJson.read(json)) {
            case RingCheck.Invalid invalid -> throw new IOException(FILE + " is damaged: " + invalid.message());
            case RingCheck.Valid(Ring ring) -> {
                if (!ring.clusterId().equals(identity.clusterId())) {
                    throw new IOException(FILE + " is of cluster id " + ring.clusterId() + ", the data directory of \""
                            + identity.clusterId() + "\"");
                }
                yield ring;
            }
        };
    }

    /** The ring in use, durable on this node; null before the first. Any thread. */
    public @Nullable Ring current() {
        return current;
    }

    /** Any thread. */
    public Standing standing() {
        return standing;
    }

    /** Rings seen that contradict the one in use. Any thread. */
    public long forks() {
        return forks.sum();
    }

    /** From now on {@code adopted} hears each ring as it comes into use, in order, on its loop; first of all the one in use. */
    public void listen(Loop on, Consumer<Ring> adopted) {
        loop.post(() -> {
            Listener listener = new Listener(on, adopted);
            listeners.add(listener);
            Ring now = current;
            if (now != null) {
                on.post(() -> adopted.accept(now));
            }
        });
    }

    /** From now on {@code changed} hears each new standing on its loop: a store that no ring names is to be retired by its owner. */
    public void listenStanding(Loop on, Consumer<Standing> changed) {
        loop.post(() -> {
            standingListeners.add(now -> on.post(() -> changed.accept(now)));
            Standing now = standing;
            on.post(() -> changed.accept(now));
        });
    }

    private void stand(Standing now) {
        if (!now.equals(standing)) {
            standing = now;
            standingListeners.forEach(listener -> listener.accept(now));
        }
    }

    /**
     * Judges a ring and uses it if it is to be used.
     *
     * @param source for the log: who offered it
     * @param decided hears the decision on the keeper's loop; after {@link Adopted} the ring is durable
     */
    public void offer(RingTable table, String source, Consumer<RingDecision> decided) {
        loop.post(() -> decided.accept(decide(table, source)));
    }

    private RingDecision decide(RingTable table, String source) {
        if (!open) {
            return new Refused(Cause.NOT_READY, "the store is still recovering");
        }
        RingDecision decision = switch (Ring.of(table)) {
            case RingCheck.Invalid invalid -> new Refused(Cause.INVALID, invalid.message());
            case RingCheck.Valid(Ring candidate) -> judge(candidate, source);
        };
        if (decision instanceof Refused(Cause cause, String why) && cause != Cause.OLDER) {
            log.warn("Refused ring of epoch {} from {}: {}: {}", table.getEpoch(), source, cause, why);
        }
        return decision;
    }

    private RingDecision judge(Ring candidate, String source) {
        return switch (EpochRule.judge(current, identity.clusterId(), candidate)) {
            case EpochRule.Accept() -> judgeOwnEntry(candidate, source);
            case EpochRule.Same() -> new Known(candidate);
            case EpochRule.Older(long epoch) ->
                new Refused(Cause.OLDER, "epoch " + candidate.epoch() + " is older than " + epoch + " in use");
            case EpochRule.Fork(String why) -> {
                fork(candidate.hash(), why);
                yield new Refused(Cause.FORK, why);
            }
            case EpochRule.OtherCluster(String why) -> new Refused(Cause.OTHER_CLUSTER, why);
            case EpochRule.Incompatible(String why) -> new Refused(Cause.INVALID, why);
        };
    }

    private RingDecision judgeOwnEntry(Ring candidate, String source) {
        Optional<Member> own = candidate.member(identity.storeId());
        // a store that was a member goes on with the cluster's rings: they say to whom it gives what it still holds
        if (own.isEmpty() && current == null) {
            String why = "the ring of epoch " + candidate.epoch() + " does not name store " + identity.storeId();
            stand(new Standing.NotNamed(why));
            return new Refused(Cause.NOT_NAMED, why);
        }
        if (own.isPresent() && own.get().getIncarnation() > identity.incarnation()) {
            String why = "the ring knows store " + identity.storeId() + " with incarnation "
                    + own.get().getIncarnation() + ", it is now " + identity.incarnation()
                    + ": a restored volume must become a new store";
            stand(new Standing.NotNamed(why));
            return new Refused(Cause.INVALID, why);
        }
        return keep(candidate, source);
    }

    private RingDecision keep(Ring candidate, String source) {
        try {
            if (identity.clusterId().isEmpty()) {
                identity.adopt(candidate.clusterId());
            }
            file.replace(RingJson.write(candidate.table()));
        } catch (IOException failed) {
            return new Refused(Cause.NOT_READY, FILE + " could not be made durable: " + failed.getMessage());
        }
        log.info("Using ring of epoch {} ({}) from {}", candidate.epoch(), candidate.hash(), source);
        publish(candidate);
        return new Adopted(candidate);
    }

    private void publish(Ring ring) {
        current = ring;
        stand(
                ring.member(identity.storeId()).isPresent()
                        ? new Standing.Member()
                        : new Standing.NotNamed(
                                "the ring of epoch " + ring.epoch() + " no longer names store " + identity.storeId()));
        for (Listener listener : listeners) {
            listener.loop.post(() -> listener.adopted.accept(ring));
        }
    }

    private void fork(String otherHash, String why) {
        if (countedFork.equals(otherHash)) {
            return;
        }
        countedFork = otherHash;
        forks.increment();
        if (standing instanceof Standing.Member) {
            stand(new Standing.Forked(why));
        }
        log.error("RING FORK: {}", why);
    }

    // --- what the peer room asks and tells

    @Override
    public @Nullable RingTable table() {
        Ring now = current;
        return now == null ? null : now.table();
    }

    @Override
    public void offered(String fromStoreId, RingTable table) {
        offer(table, "store " + fromStoreId, decision -> {});
    }

    @Override
    public void observed(String storeId, long epoch, String hash) {
        loop.post(() -> {
            Ring now = current;
            if (now != null && now.epoch() == epoch && !now.hash().equals(hash)) {
                fork(
                        hash,
                        "store " + storeId + " has another ring of epoch " + epoch + ": " + hash + ", here "
                                + now.hash());
            }
        });
    }
}
