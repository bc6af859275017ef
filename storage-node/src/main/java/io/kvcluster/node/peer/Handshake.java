package io.kvcluster.node.peer;

import io.kvcluster.proto.peer.Hello;
import io.kvcluster.proto.peer.Lane;
import java.util.regex.Pattern;

/** Judges what the other side says of itself. Pure. */
final class Handshake {
    static final int PROTOCOL_MIN = 1;
    /** 2: exchanges between replicas. */
    static final int PROTOCOL_MAX = 2;

    private static final Pattern STORE_ID = Pattern.compile("[0-9a-f]{16}");

    private Handshake() {}

    sealed interface Verdict {
        record Welcome() implements Verdict {}

        /** A sentence that both sides log. */
        record Refused(String why) implements Verdict {}
    }

    /**
     * The most that a store has shown so far: neither may go back.
     *
     * @param incarnation 0: nothing known
     */
    record Known(int incarnation, long durableLsn) {
        static final Known NOTHING = new Known(0, 0);

        Known plus(int seenIncarnation, long seenLsn) {
            return new Known(Math.max(incarnation, seenIncarnation), Math.max(durableLsn, seenLsn));
        }
    }

    /** @param expectedStoreId whom we dialled; empty when they dialled us */
    static Verdict judge(Hello theirs, LocalStore ours, String expectedStoreId, Known known) {
        if (theirs.getLane() != Lane.FOREGROUND && theirs.getLane() != Lane.BULK) {
            return refused("Hello names no lane");
        }
        if (!STORE_ID.matcher(theirs.getStoreId()).matches()) {
            return refused("storeId \"%s\" is not 16 lower-case hex digits", theirs.getStoreId());
        }
        if (theirs.getProtocolMin() > PROTOCOL_MAX || theirs.getProtocolMax() < PROTOCOL_MIN) {
            return refused(
                    "protocol %d..%d of %s and protocol %d..%d of %s have nothing in common",
                    theirs.getProtocolMin(),
                    theirs.getProtocolMax(),
                    theirs.getName(),
                    PROTOCOL_MIN,
                    PROTOCOL_MAX,
                    ours.name());
        }
        if (theirs.getStoreId().equals(ours.storeId())) {
            return refused("store %s (%s) dialled itself, or its volume was cloned", ours.storeId(), theirs.getName());
        }
        if (!expectedStoreId.isEmpty() && !expectedStoreId.equals(theirs.getStoreId())) {
            return refused(
                    "store %s was expected there and %s (%s) answered",
                    expectedStoreId, theirs.getStoreId(), theirs.getName());
        }
        if (!theirs.getClusterId().isEmpty()
                && !ours.clusterId().isEmpty()
                && !theirs.getClusterId().equals(ours.clusterId())) {
            return refused(
                    "%s belongs to cluster id %s, %s to %s",
                    theirs.getName(), theirs.getClusterId(), ours.name(), ours.clusterId());
        }
        return judgeProgress(theirs.getStoreId(), theirs.getIncarnation(), theirs.getDurableLsn(), known);
    }

    /** Dots are made of it: a restored volume must become a new store. @param known the least that it must show now */
    static Verdict judgeProgress(String storeId, int incarnation, long durableLsn, Known known) {
        if (incarnation < known.incarnation()) {
            return refused(
                    "incarnation of store %s went back from %d to %d: a restored volume must become a new store",
                    storeId, known.incarnation(), incarnation);
        }
        if (durableLsn < known.durableLsn()) {
            return refused(
                    "durable LSN of store %s went back from %d to %d: a restored volume must become a new store",
                    storeId, known.durableLsn(), durableLsn);
        }
        return new Verdict.Welcome();
    }

    private static Verdict refused(String format, Object... arguments) {
        return new Verdict.Refused(format.formatted(arguments));
    }
}
