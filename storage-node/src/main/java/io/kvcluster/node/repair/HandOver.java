package io.kvcluster.node.repair;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.replica.RepairSide.Entry;
import io.kvcluster.node.replica.RepairSide.Listing;
import io.kvcluster.proto.peer.BucketAnswer;
import io.kvcluster.proto.peer.BucketRequest;
import io.kvcluster.proto.peer.KeyDigest;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a copy that this store may not keep: it left the partition, or it joins it and has an older copy. On the partition's
 * loop.
 *
 * <ol>
 *   <li>Whatever is held goes to as many replicas as a write needs, one after the other: they may lack what was acknowledged by few.
 *       They are asked for digests, so that only what they lack travels; what their watermark covers they refuse as covered.
 *   <li>It is dropped, only while this store's own ring still says so.
 *   <li>A store that joins begins its copy.
 * </ol>
 *
 * Ended half-way it begins again: what was given is equal by then.
 */
final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final byte[] EVERYTHING = {1};

    private final RepairSetup setup;
    private final RepairSide side;
    private final Asking asking;
    private final RepairEvents events;
    private final Consumer<Boolean> done;
    private final List<String> receivers = new ArrayList<>();
    private int next;
    private int given;
    private int needed;

    /** @param done hears whether it came to its end */
    HandOver(RepairSetup setup, RepairSide side, Asking asking, RepairEvents events, Consumer<Boolean> done) {
        this.setup = setup;
        this.side = side;
        this.asking = asking;
        this.events = events;
        this.done = done;
    }

    void start() {
        Ring ring = setup.rings().get();
        if (ring == null || !isToGo(ring)) {
            done.accept(false);
            return;
        }
        if (side.keys() == 0) {
            drop();
            return;
        }
        int partition = side.partition();
        boolean overlapping = ring.read(partition) + ring.write(partition)
                > ring.replicas(partition).size();
        int survivors = 0;
        for (Member member : ring.replicas(partition)) {
            survivors += member.getDiskGone() ? 0 : 1;
            if (!member.getDiskGone() && asking.reachable(member.getStoreId())) {
                receivers.add(member.getStoreId());
            }
        }
        int wanted = Math.max(ring.majority(partition), overlapping ? ring.write(partition) : 0);
        needed = Math.max(1, Math.min(wanted, survivors));
        nextReceiver();
    }

    private boolean isToGo(Ring ring) {
        int partition = side.partition();
        return !ring.isHolder(partition, setup.storeId())
                || (ring.joins(partition, setup.storeId()) && side.copyBegun() != ring.copyEpoch(partition));
    }

    // --- 1. give

    private void nextReceiver() {
        if (next < receivers.size()) {
            page(receivers.get(next++), Optional.empty());
        } else if (given >= needed) {
            drop();
        } else {
            done.accept(false);
        }
    }

    private void page(String receiver, Optional<Key> after) {
        asking.whenAffordable(0, () -> {
            if (!(side.listLeft(after, setup.config().sliceRows()) instanceof Listing.Page ours)) {
                done.accept(false);
                return;
            }
            theirs(receiver, after, ours, new HashMap<>());
        });
    }

    /** Collects their digests of the range that our page covers. */
    private void theirs(String receiver, Optional<Key> after, Listing.Page ours, Map<Key, Long> digests) {
        BucketRequest.Builder request = BucketRequest.newBuilder()
                .setPartition(side.partition())
                .setDeadlineMillis(asking.deadlineMillis())
                .setLevel(0)
                .setNodes(UnsafeByteOperations.unsafeWrap(EVERYTHING));
        after.ifPresent(key -> request.setAfter(UnsafeByteOperations.unsafeWrap(key.bytes())));
        asking.ask(
                receiver,
                PeerMessage.newBuilder().setBucketRequest(request),
                0,
                message -> listed(receiver, after, ours, digests, message.getBucketAnswer()),
                why -> nextReceiver());
    }

    private void listed(
            String receiver, Optional<Key> after, Listing.Page ours, Map<Key, Long> digests, BucketAnswer answer) {
        ByteString upTo = answer.getUpTo();
        if (answer.getStatus() != PeerStatus.OK || upTo.size() > Limits.KEY_BYTES) {
            nextReceiver();
            return;
        }
        Set<Key> asked = ours.entries().stream().map(Entry::key).collect(Collectors.toSet());
        for (KeyDigest each : answer.getKeysList()) {
            boolean wellFormed = !each.getKey().isEmpty() && each.getKey().size() <= Limits.KEY_BYTES;
            Key key = wellFormed ? Key.of(each.getKey().toByteArray()) : null;
            if (key != null && asked.contains(key)) {
                digests.put(key, each.getDigest());
            }
        }
        Optional<Key> looked = upTo.isEmpty() ? Optional.empty() : Optional.of(Key.of(upTo.toByteArray()));
        boolean covers = looked.isEmpty()
                || (ours.upTo().isPresent()
                        && looked.get().compareTo(ours.upTo().get()) >= 0);
        if (covers) {
            give(receiver, ours, digests);
        } else if (after.isPresent() && looked.get().compareTo(after.get()) <= 0) {
            nextReceiver();
        } else {
            theirs(receiver, looked, ours, digests);
        }
    }

    private void give(String receiver, Listing.Page ours, Map<Key, Long> digests) {
        List<Entry> lacking = new ArrayList<>();
        for (Entry entry : ours.entries()) {
            Long theirs = digests.get(entry.key());
            if (theirs == null || theirs != entry.digest()) {
                lacking.add(entry);
            }
        }
        KeyRepairs repairs =
                new KeyRepairs(side, false, receiver, asking, setup.config().window(), events, true);
        repairs.give(lacking);
        repairs.run(
                () -> {
                    if (ours.upTo().isPresent()) {
                        page(receiver, ours.upTo());
                    } else {
                        given++;
                        nextReceiver();
                    }
                },
                why -> nextReceiver());
    }

    // --- 2. drop, 3. begin

    private void drop() {
        Ring ring = setup.rings().get();
        if (ring == null || !isToGo(ring)) {
            done.accept(false);
        } else if (ring.joins(side.partition(), setup.storeId())) {
            long move = ring.copyEpoch(side.partition());
            LOG.info("event=copy-begins partition={} move={}", side.partition(), move);
            side.beginCopy(move, done);
        } else {
            LOG.info("event=partition-left partition={} replicas={} epoch={}", side.partition(), given, ring.epoch());
            side.dropLeft(done);
        }
    }
}
