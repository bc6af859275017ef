package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeCore;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Whom the simulated operator wants to be given up: a store whose machine has another disk, and, where the cluster heals, one that was
 * silent for long. At most a tenth of the members in a while, and at least one. What it remembers an operator keeps in the status.
 */
final class GivingUp {
    /** For an hour. */
    private static final long WINDOW_NANOS = 4_000_000_000L;

    private static final long MILLIS = 1_000_000;

    private final SimCluster cluster;
    private final long replaceAfterNanos;
    private final Map<String, Long> silentSince = new TreeMap<>();
    private final List<Long> times = new ArrayList<>();

    GivingUp(SimCluster cluster) {
        this.cluster = cluster;
        this.replaceAfterNanos = (900 + 300 * (cluster.plan.seed() % 7)) * MILLIS;
    }

    /** @param heard stores that spoke just now */
    void listened(Ring ring, Set<String> heard) {
        silentSince
                .keySet()
                .removeIf(storeId ->
                        heard.contains(storeId) || ring.member(storeId).isEmpty());
        for (Member member : ring.members()) {
            if (!heard.contains(member.getStoreId())) {
                silentSince.putIfAbsent(member.getStoreId(), cluster.world.nanos());
            }
        }
    }

    /** By store id, with whether the disk is known to be gone. */
    Map<String, Boolean> wanted(Ring ring, Set<String> heard) {
        Map<String, Boolean> replace = new TreeMap<>();
        long budget = budget(ring);
        for (boolean gone : new boolean[] {true, false}) {
            for (Member member : ring.members()) {
                boolean wanted = gone ? diskIsGone(member, heard) : isSilentForLong(member);
                if (!wanted || replace.containsKey(member.getStoreId())) {
                    continue;
                }
                if (member.getState() == MemberState.REPLACED || budget > 0) {
                    budget -= member.getState() == MemberState.REPLACED ? 0 : 1;
                    replace.put(member.getStoreId(), gone);
                } else {
                    cluster.reached(Mark.BRAKE_SO_MANY_AN_HOUR);
                }
            }
        }
        return replace;
    }

    private long budget(Ring ring) {
        if (!cluster.heals) {
            return Long.MAX_VALUE;
        }
        times.removeIf(time -> cluster.world.nanos() - time >= WINDOW_NANOS);
        return Math.max(1, ring.members().size() / 10) - times.size();
    }

    /** Its machine speaks for another store. */
    private boolean diskIsGone(Member member, Set<String> heard) {
        NodeCore core = cluster.machine(member.getName()).core();
        if (member.getDiskGone() || core == null) {
            return member.getDiskGone();
        }
        String storeId = core.store().identity().storeIdText();
        return heard.contains(storeId) && !storeId.equals(member.getStoreId());
    }

    private boolean isSilentForLong(Member member) {
        Long since = silentSince.get(member.getStoreId());
        return cluster.heals && since != null && cluster.world.nanos() - since >= replaceAfterNanos;
    }

    /** One ring was written after another. */
    void made(Ring before, Ring after) {
        for (Member member : after.members()) {
            MemberState was =
                    before.member(member.getStoreId()).map(Member::getState).orElse(member.getState());
            if (member.getState() != MemberState.REPLACED || was == MemberState.REPLACED) {
                continue;
            }
            times.add(cluster.world.nanos());
            SimMachine machine = cluster.machine(member.getName());
            if (member.getDiskGone()) {
                cluster.reachedIf(
                        IntStream.range(0, before.partitions()).anyMatch(before::moves), Mark.DISK_LOST_WHILE_MOVING);
            } else {
                machine.givenUp = true;
                cluster.reached(Mark.SILENT_GIVEN_UP);
                cluster.reachedIf(machine.isUp(), Mark.SILENT_ALIVE_GIVEN_UP);
            }
        }
    }

    /** What the others held of a lost disk is on as many again as before; so another one may be lost. */
    void noteHealed(Ring ring, Set<String> heard, Set<String> doubting) {
        boolean allSound = ring.members().stream()
                .allMatch(member -> heard.contains(member.getStoreId()) && !doubting.contains(member.getStoreId()));
        for (SimMachine machine : cluster.machines) {
            if (allSound && machine.unhealed && !machine.damaged && !machine.failed && isReplaced(ring, machine)) {
                machine.unhealed = false;
                machine.diskLost = false;
                machine.healed++;
                cluster.reached(Mark.LOST_DISK_HEALED);
                cluster.trace.say("operator", () -> "the lost disk of " + machine.name + " is made up for");
            }
        }
    }

    private static boolean isReplaced(Ring ring, SimMachine machine) {
        NodeCore core = machine.core();
        if (core == null && !machine.gone) {
            return false;
        }
        String storeId = core == null ? "" : core.store().identity().storeIdText();
        return ring.members().stream()
                .noneMatch(member -> member.getName().equals(machine.name)
                        && !member.getStoreId().equals(storeId));
    }
}
