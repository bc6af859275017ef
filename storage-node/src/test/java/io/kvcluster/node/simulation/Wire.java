package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.ring.Ring;
import java.util.HashSet;
import java.util.Set;

/** Sees every frame as it reaches a machine: tells the story, notes marks, and holds replicas to the epoch rule. */
final class Wire {
    private final SimCluster cluster;

    /** Requests that reached a replica which already knew that their epoch is too old: none may be answered with OK. */
    private final Set<Stale> stale = new HashSet<>();

    private record Stale(long link, String asker, long id) {}

    Wire(SimCluster cluster) {
        this.cluster = cluster;
    }

    void arrives(long link, String from, String to, PeerFrame frame) {
        for (PeerMessage message : frame.getMessagesList()) {
            switch (message.getBodyCase()) {
                case VERSION_QUESTION ->
                    request(
                            link,
                            from,
                            to,
                            message,
                            message.getVersionQuestion().getPartition());
                case READ_REQUEST ->
                    request(link, from, to, message, message.getReadRequest().getPartition());
                case WRITE_REQUEST ->
                    request(link, from, to, message, message.getWriteRequest().getPartition());
                case VERSION_ANSWER ->
                    answer(link, from, to, message, message.getVersionAnswer().getStatus());
                case WRITE_ANSWER ->
                    answer(link, from, to, message, message.getWriteAnswer().getStatus());
                case READ_ANSWER -> {
                    answer(link, from, to, message, message.getReadAnswer().getStatus());
                    cluster.reachedIf(
                            message.getReadAnswer().getExists()
                                    && message.getReadAnswer().getRecord().isEmpty(),
                            Mark.READ_WITH_DIGEST_FETCHED_VALUES);
                }
                case FORWARD_REQUEST ->
                    cluster.reachedIf(!message.getForwardRequest().hasGet(), Mark.WRITE_FORWARDED);
                case RING_UPDATE ->
                    ring(from, to, message.getRingUpdate().getRing().getEpoch());
                default -> {}
            }
        }
    }

    private void ring(String from, String to, long epoch) {
        cluster.trace.say(to, () -> "is shown the ring of epoch " + epoch + " by " + from);
        NodeCore core = cluster.machine(to).core();
        Ring ring = core == null ? null : core.keeper().current();
        cluster.reachedIf(core != null && (ring == null || ring.epoch() < epoch), Mark.RING_FROM_PEER);
    }

    private void request(long link, String from, String to, PeerMessage message, int partition) {
        cluster.trace.say(
                to,
                () -> "hears " + verb(message) + " #" + message.getId() + " of partition " + partition + " epoch "
                        + message.getEpoch() + " from " + from);
        NodeCore core = cluster.machine(to).core();
        Ring ring = core == null ? null : core.keeper().current();
        if (ring == null || partition >= ring.partitions()) {
            return;
        }
        cluster.reachedIf(message.getEpoch() > ring.epoch(), Mark.REQUEST_WAITED_FOR_RING);
        if (message.getEpoch() < ring.changedEpoch(partition)) {
            stale.add(new Stale(link, from, message.getId()));
        }
    }

    private void answer(long link, String from, String to, PeerMessage message, PeerStatus status) {
        cluster.trace.say(to, () -> "hears " + verb(message) + " #" + message.getId() + " " + status + " from " + from);
        cluster.reachedIf(status == PeerStatus.PEER_WRONG_EPOCH, Mark.STALE_EPOCH_REFUSED);
        cluster.reachedIf(status == PeerStatus.PEER_BELOW_WATERMARK, Mark.WRITE_BELOW_PROMISE);
        cluster.reachedIf(status == PeerStatus.PEER_CANNOT_SAY, Mark.REPLICA_CANNOT_SAY);
        if (stale.remove(new Stale(link, to, message.getId())) && status == PeerStatus.OK) {
            cluster.bug(from + " answered request " + message.getId() + " of " + to
                    + " with OK although it knew that the request's epoch was too old for the partition");
        }
    }

    private static String verb(PeerMessage message) {
        return message.getBodyCase().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
