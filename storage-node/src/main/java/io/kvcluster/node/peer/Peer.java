package io.kvcluster.node.peer;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.Lane;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another store. Owned by the peer loop, but for what is volatile: that is published for all. */
final class Peer {
    final String storeId;
    final LaneState foreground;
    final LaneState bulk;

    /** Absent for a stranger: a store that dialled us and that our ring does not name (yet). */
    @Nullable PeerTarget target;

    /** The pod; of a stranger as it says. */
    volatile String name = "";

    final Shown shown;
    String clusterId = "";
    String learnedAddress = "";

    /** The last ring epoch and hash it named, and the epoch of ours that it was sent last on this link. */
    volatile long ringEpoch;

    String ringHash = "";
    long ringSent;
    /** The epoch of theirs for which they were shown, out of turn, that ours is older. */
    long ringAsked;

    final ClockWatch.Samples clock = new ClockWatch.Samples();
    /** The newest protocol that both speak; 0 before a Hello. */
    volatile int protocol;

    volatile boolean ready;

    volatile boolean up;
    volatile long sinceMillis;
    volatile boolean everHeard;
    volatile long heardNanos;
    volatile String trouble = "never linked";

    Peer(String storeId, Shown shown, Backoff foreground, Backoff bulk, long nowMillis) {
        this.storeId = storeId;
        this.shown = shown;
        this.foreground = new LaneState(Lane.FOREGROUND, foreground);
        this.bulk = new LaneState(Lane.BULK, bulk);
        this.sinceMillis = nowMillis;
    }

    LaneState lane(Lane lane) {
        return lane == Lane.BULK ? bulk : foreground;
    }

    /** Where to dial: where it was reached last, then hint and ring. */
    List<String> candidates() {
        List<String> all = new ArrayList<>();
        if (target != null) {
            all.addAll(target.addresses());
        }
        if (!learnedAddress.isEmpty() && !all.contains(learnedAddress)) {
            all.addFirst(learnedAddress);
        }
        return all;
    }

    boolean isStranger() {
        return target == null;
    }

    /** Some link is open, be it one that retires. */
    boolean hasLink() {
        return isLinked() || foreground.retiring != null || bulk.retiring != null;
    }

    boolean isLinked() {
        return foreground.established != null || bulk.established != null;
    }

    /** Any thread of the transport. */
    void heard(long nanos) {
        heardNanos = nanos;
        everHeard = true;
    }

    /** One of the two links. */
    static final class LaneState {
        final Lane lane;
        final Backoff backoff;
        boolean wanted;

        @Nullable Session dialling;

        Loop.@Nullable Timer redial;
        volatile @Nullable Session established;

        /** Was established until a duplicate took its place. Peer loop only. */
        @Nullable Session retiring;

        LaneState(Lane lane, Backoff backoff) {
            this.lane = lane;
            this.backoff = backoff;
        }

        /** Messages that wait now. Any thread. */
        int depth() {
            Session session = established;
            return session == null ? 0 : session.queued();
        }
    }
}
