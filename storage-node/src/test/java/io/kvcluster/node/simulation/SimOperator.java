package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.node.membership.RingDecision;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.RingChange;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Publishes rings by the rules of module ring: the first once every store told its id, later ones that change defaults and the
 * quorums of some partitions. It reaches each node now and then only; the others learn a ring from their peers.
 */
final class SimOperator {
    private static final long MILLIS = 1_000_000;
    static final String CLUSTER_ID = "00000000-0000-4000-8000-000000000001";

    private final SimCluster cluster;
    private final RandomGenerator random;
    private @Nullable Ring ring;
    private boolean changing = true;

    SimOperator(SimCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.world.newRandom("operator");
    }

    void start() {
        reconcile();
    }

    /** No new rings any more; the last one is still shown to whoever lacks it. */
    void settle() {
        changing = false;
    }

    /** Of the newest ring; 0 before the first. */
    long epoch() {
        return ring == null ? 0 : ring.epoch();
    }

    private void reconcile() {
        cluster.world.at((100 + random.nextInt(150)) * MILLIS, this::reconcile);
        if (ring == null) {
            ring = first();
        } else if (changing && random.nextInt(5) == 0) {
            ring = next(ring);
        }
        Ring now = ring;
        if (now != null) {
            cluster.machines.stream()
                    .filter(_ -> !changing || random.nextInt(3) == 0)
                    .forEach(machine -> push(machine, now));
        }
    }

    private @Nullable Ring first() {
        List<RingChange.NewMember> members = new ArrayList<>();
        for (SimMachine machine : cluster.machines) {
            NodeCore core = machine.core();
            if (core == null) {
                return null;
            }
            members.add(new RingChange.NewMember(
                    machine.name,
                    core.store().identity().storeIdText(),
                    core.store().identity().incarnation(),
                    machine.name,
                    "zone-" + members.size() % 3));
        }
        Ring first = first(cluster, members, 3, 2, 2);
        cluster.trace.say("operator", () -> "makes the first ring: " + first);
        return first;
    }

    static Ring first(SimCluster cluster, List<RingChange.NewMember> members, int copies, int read, int write) {
        RingChange.Result made = RingChange.first(new RingChange.First(
                "sim",
                CLUSTER_ID,
                members,
                copies,
                read,
                write,
                SimCluster.PARTITIONS,
                Defaults.newBuilder()
                        .setConsistency("eventual")
                        .setConflictResolution(cluster.plan.policy().inFirstRing())
                        .setResolver(cluster.plan.policy() == Policy.CUSTOM ? UnionResolver.NAME : "")
                        .setDurability("Fsync")
                        .build()));
        return switch (made) {
            case RingChange.Made(Ring first, int sets) -> first;
            case RingChange.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }

    /**
     * Quorums of two or three of three: read and write quorums of neighbouring epochs, and of any two, overlap. Defaults change with
     * an epoch like any other part of the ring.
     */
    private Ring next(Ring before) {
        RingCheck made = RingChange.next(before, table -> {
            if (random.nextInt(3) == 0) {
                cluster.reached(Mark.DEFAULT_LEVEL_CHANGED);
                table.getDefaultsBuilder()
                        .setConsistency(before.defaults().getConsistency().equals("quorum") ? "eventual" : "quorum");
            }
            if (cluster.plan.policy() == Policy.CHANGING && random.nextInt(3) > 0) {
                cluster.reached(Mark.POLICY_CHANGED);
                boolean siblings = before.defaults().getConflictResolution().equals("Siblings");
                table.getDefaultsBuilder().setConflictResolution(siblings ? "LastWriterWins" : "Siblings");
            }
            for (int p = 0; p < table.getPartitionsCount(); p++) {
                if (random.nextInt(3) == 0) {
                    table.getPartitionsBuilder(p).setRead(2 + random.nextInt(2)).setWrite(2 + random.nextInt(2));
                }
            }
        });
        return switch (made) {
            case RingCheck.Valid(Ring ring) -> {
                cluster.trace.say("operator", () -> "makes " + ring);
                yield ring;
            }
            case RingCheck.Invalid invalid -> throw new IllegalStateException(invalid.message());
        };
    }

    private void push(SimMachine machine, Ring now) {
        NodeCore core = machine.core();
        if (core == null) {
            return;
        }
        cluster.world.at(random.nextInt(3) * MILLIS, () -> {
            if (machine.core() == core) {
                core.keeper().offer(now.table(), "the operator", decision -> {
                    if (decision instanceof RingDecision.Adopted adopted) {
                        cluster.reached(Mark.RING_FROM_OPERATOR);
                        cluster.trace.say(machine.name, () -> "uses " + adopted.ring() + " of the operator");
                    }
                });
            }
        });
    }
}
