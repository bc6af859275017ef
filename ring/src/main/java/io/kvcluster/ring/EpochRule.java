package io.kvcluster.ring;

import io.kvcluster.proto.ring.Member;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** May a node that has one ring adopt another? Only the same cluster's, with a larger epoch and one history. */
public final class EpochRule {
    private EpochRule() {}

    /** What to do with a candidate. Only {@link Accept} changes the node's ring; the node keeps it durably before it uses it. */
    public sealed interface Verdict {}

    /** Newer, of the same history: persist, then use. */
    public record Accept() implements Verdict {}

    /** The ring the node has already. */
    public record Same() implements Verdict {}

    /** The node has a newer one, and the sender should learn it. */
    public record Older(long epoch) implements Verdict {}

    /** Two rings of one epoch: two operators wrote. Refuse, report Degraded, count it. */
    public record Fork(String why) implements Verdict {}

    /** Data of one cluster is never mixed with that of another. */
    public record OtherCluster(String why) implements Verdict {}

    /** Newer, but it breaks what holds from ring to ring for ever. Refuse, report Degraded. */
    public record Incompatible(String why) implements Verdict {}

    /**
     * Judges a candidate.
     *
     * @param current the node's ring, null before its first
     * @param storeClusterId the cluster id that the data directory carries, empty before its first ring
     */
    public static Verdict judge(@Nullable Ring current, String storeClusterId, Ring candidate) {
        if (!storeClusterId.isEmpty() && !storeClusterId.equals(candidate.clusterId())) {
            return new OtherCluster(
                    "the ring is of cluster " + candidate.clusterId() + ", the data directory of " + storeClusterId);
        }
        return current == null ? new Accept() : judge(current, candidate);
    }

    /** As {@link #judge(Ring, String, Ring)} for a node that has a ring. */
    public static Verdict judge(Ring current, Ring candidate) {
        if (!current.clusterId().equals(candidate.clusterId())) {
            return new OtherCluster(
                    "the ring is of cluster " + candidate.clusterId() + ", the node's of " + current.clusterId());
        }
        if (candidate.epoch() < current.epoch()) {
            return new Older(current.epoch());
        }
        if (candidate.epoch() == current.epoch()) {
            return candidate.hash().equals(current.hash())
                    ? new Same()
                    : new Fork("two rings of epoch " + current.epoch() + ": " + current.hash() + " here, "
                            + candidate.hash() + " offered");
        }
        if (candidate.epoch() == current.epoch() + 1
                && !candidate.table().getPreviousHash().equals(current.hash())) {
            return new Fork("the ring of epoch " + candidate.epoch() + " follows "
                    + candidate.table().getPreviousHash() + ", but epoch " + current.epoch() + " here is "
                    + current.hash());
        }
        return incompatibility(current, candidate)
                .<Verdict>map(Incompatible::new)
                .orElseGet(Accept::new);
    }

    private static Optional<String> incompatibility(Ring current, Ring candidate) {
        if (candidate.partitions() != current.partitions()) {
            return Optional.of("partitions went from " + current.partitions() + " to " + candidate.partitions()
                    + ", but their number is fixed when the cluster is made");
        }
        for (Member member : candidate.members()) {
            for (Member known : current.members()) {
                if (member.getIndex() == known.getIndex()
                        && !member.getStoreId().equals(known.getStoreId())) {
                    return Optional.of("member index " + member.getIndex() + " went from store " + known.getStoreId()
                            + " to " + member.getStoreId() + ", but an index is never reused");
                }
            }
        }
        for (int p = 0; p < current.partitions(); p++) {
            if (candidate.changedEpoch(p) < current.changedEpoch(p)) {
                return Optional.of("changedEpoch of partition " + p + " went back from " + current.changedEpoch(p)
                        + " to " + candidate.changedEpoch(p));
            }
        }
        return Optional.empty();
    }
}
