package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the stores said, by store id. What nobody said is unknown, and unknown is never permission. */
public final class Reports {
    private final Map<String, StoreReport> byStoreId = new LinkedHashMap<>();

    /** @throws IllegalArgumentException for two reports of one store */
    public Reports(Collection<StoreReport> reports) {
        for (StoreReport report : reports) {
            if (byStoreId.put(report.storeId(), report) != null) {
                throw new IllegalArgumentException("two reports of store " + report.storeId());
            }
        }
    }

    /**
     * Of the very store that the ring names: not of one whose incarnation went back, which is a restored volume, nor of one whose
     * disk is gone, for which nobody speaks.
     */
    Optional<StoreReport> of(Member member) {
        return Optional.ofNullable(byStoreId.get(member.getStoreId()))
                .filter(report -> !member.getDiskGone()
                        && Integer.compareUnsigned(report.incarnation(), member.getIncarnation()) >= 0);
    }

    boolean live(Member member) {
        return of(member).filter(StoreReport::live).isPresent();
    }

    /** Live, and answers for all that it holds. */
    boolean sound(Member member) {
        return of(member)
                .filter(report -> report.live() && report.suspectPartitions() == 0)
                .isPresent();
    }

    /** The store uses a ring of at least that epoch. It never takes that back, so an old report will do. */
    boolean adopted(Member member, long epoch) {
        return of(member).filter(report -> report.epoch() >= epoch).isPresent();
    }

    /** What the store says of its copy for the partition's move, of that move alone. */
    Optional<CopyProof> copy(Ring ring, int partition, Member member) {
        long copyEpoch = ring.copyEpoch(partition);
        return of(member).stream()
                .flatMap(report -> report.copies().stream())
                .filter(copy -> copy.partition() == partition && copy.copyEpoch() == copyEpoch)
                .findFirst();
    }
}
