package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.Rings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Stores as the machine sees them: by default all are up, have adopted what was published, and have made every copy. */
final class Stores {
    static final long LOG_BYTES = 1_000_000;

    Ring ring;
    private final Map<String, Long> epochs = new TreeMap<>();
    private final Set<String> down = new HashSet<>();
    private final Set<String> suspect = new HashSet<>();
    private final Set<String> silentCopies = new HashSet<>();
    private final Map<String, Long> free = new TreeMap<>();
    boolean adoptAll = true;

    Stores(Ring ring) {
        this.ring = ring;
    }

    /** Members demo-0 … in zones z0 … one after the other, all partitions placed. */
    static Stores of(int members, int zones, int factor, int read, int write) {
        RingChange.Result made = RingChange.first(new RingChange.First(
                "demo", Rings.CLUSTER_ID, pods(0, members, zones), factor, read, write, 16, Rings.defaults()));
        return new Stores(((RingChange.Made) made).ring());
    }

    static List<RingChange.NewMember> pods(int from, int to, int zones) {
        List<RingChange.NewMember> pods = new ArrayList<>();
        for (int i = from; i < to; i++) {
            pods.add(pod(i, i, zones));
        }
        return pods;
    }

    static RingChange.NewMember pod(int ordinal, int store, int zones) {
        return new RingChange.NewMember(
                "demo-" + ordinal, id(store), 1, "demo-" + ordinal + ".demo", zones == 0 ? "" : "z" + ordinal % zones);
    }

    static String id(int store) {
        return String.format("%016x", 77 + store);
    }

    Stores down(int store) {
        down.add(id(store));
        return this;
    }

    Stores up(int store) {
        down.remove(id(store));
        return this;
    }

    Stores suspect(int store) {
        suspect.add(id(store));
        return this;
    }

    Stores silent(int store) {
        silentCopies.add(id(store));
        return this;
    }

    Stores tells(int store) {
        silentCopies.remove(id(store));
        return this;
    }

    Stores free(int store, long bytes) {
        free.put(id(store), bytes);
        return this;
    }

    Stores adopted(int store, long epoch) {
        epochs.put(id(store), epoch);
        return this;
    }

    Reports reports(Wanted wanted) {
        List<StoreReport> reports = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Member member : ring.members()) {
            if (!member.getDiskGone() && ids.add(member.getStoreId())) {
                reports.add(report(member.getStoreId()));
            }
        }
        for (RingChange.NewMember pod : wanted.join()) {
            if (ids.add(pod.storeId())) {
                reports.add(report(pod.storeId()));
            }
        }
        return new Reports(reports);
    }

    private StoreReport report(String storeId) {
        boolean live = !down.contains(storeId);
        if (live && adoptAll) {
            epochs.put(storeId, ring.epoch());
        }
        return new StoreReport(
                storeId,
                1,
                live,
                epochs.getOrDefault(storeId, 0L),
                suspect.contains(storeId) ? 1 : 0,
                free.getOrDefault(storeId, 1L << 40),
                LOG_BYTES,
                live && !silentCopies.contains(storeId) ? copies(storeId) : List.of());
    }

    private List<CopyProof> copies(String storeId) {
        List<CopyProof> copies = new ArrayList<>();
        for (int p = 0; p < ring.partitions(); p++) {
            if (ring.moves(p) && ring.isTarget(p, storeId) && ring.move(p).getPhase() == MovePhase.COPY) {
                List<String> met = ring.replicas(p).stream()
                        .map(Member::getStoreId)
                        .filter(other -> !other.equals(storeId) && !down.contains(other))
                        .toList();
                copies.add(new CopyProof(
                        p,
                        ring.copyEpoch(p),
                        true,
                        met.stream().filter(other -> !suspect.contains(other)).toList(),
                        met));
            }
        }
        return copies;
    }

    /** One step; what it makes is published. */
    RingMachine.Next step(Wanted wanted) {
        return step(wanted, Pace.defaults());
    }

    RingMachine.Next step(Wanted wanted, Pace pace) {
        RingMachine.Next next = RingMachine.next(ring, wanted, reports(wanted), pace);
        if (next instanceof RingMachine.Changed changed) {
            ring = changed.ring();
        }
        return next;
    }

    /** Until nothing changes any more; at most so many epochs. */
    RingMachine.Next run(Wanted wanted) {
        for (int i = 0; i < 400; i++) {
            RingMachine.Next next = step(wanted);
            if (!(next instanceof RingMachine.Changed)) {
                return next;
            }
        }
        throw new AssertionError("no end after 400 epochs: " + ring.table());
    }

    DrainProof drained(int store) {
        return new DrainProof(
                id(store), 1, ring.epoch(), ring.partitionsOf(id(store)).size(), 0, 0);
    }

    List<String> names(int partition) {
        return ring.replicas(partition).stream().map(Member::getName).toList();
    }
}
