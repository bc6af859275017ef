package io.kvcluster.node.simulation;

import io.kvcluster.node.MoveViews;
import io.kvcluster.node.NodeCore;
import io.kvcluster.proto.admin.CopyStatus;
import io.kvcluster.proto.admin.DrainStatus;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.CopyProof;
import io.kvcluster.ring.change.DrainProof;
import io.kvcluster.ring.change.Leavers;
import io.kvcluster.ring.change.Pace;
import io.kvcluster.ring.change.Reports;
import io.kvcluster.ring.change.RingChange;
import io.kvcluster.ring.change.RingMachine;
import io.kvcluster.ring.change.StoreReport;
import io.kvcluster.ring.change.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs the machine that ships, on what the stores tell, towards a wish that changes: more machines, fewer, another replication factor,
 * other quorums, a disk that was lost. Forgets all but the ring, the wish and the proofs; now and then it dies before it wrote, hears
 * nobody, or shows an older ring late.
 */
final class MovingOperator {
    private static final long MILLIS = 1_000_000;
    private static final int MOST_MACHINES = 6;

    private final SimCluster cluster;
    private final MoveFault fault;
    private final boolean lingers;
    private final RandomGenerator random;
    private final Map<String, StoreReport> told = new TreeMap<>();
    private final Map<String, DrainProof> proofs = new TreeMap<>();
    private final Set<String> heard = new TreeSet<>();
    private final Set<String> namesThatOwnedNothing = new TreeSet<>();
    private final Set<String> unreachable = new TreeSet<>();
    private final Set<String> doubting = new TreeSet<>();
    private final Set<String> wereMembers = new TreeSet<>();
    private final Set<String> returnedWithRecords = new TreeSet<>();
    private final GivingUp givingUp;
    private @Nullable Ring ring;
    private boolean changing = true;
    private boolean settled;
    private boolean held;
    private boolean silent;
    private int members;
    private int factor = 3;
    private int read = 2;
    private int write = 2;

    /** @param lingers it comes rarely, and changes the replication factor more than members */
    MovingOperator(SimCluster cluster, MoveFault fault, boolean lingers) {
        this.cluster = cluster;
        this.fault = fault;
        this.lingers = lingers;
        this.random = cluster.world.newRandom("moving operator");
        this.givingUp = new GivingUp(cluster);
        this.members = cluster.machines.size();
    }

    void start() {
        reconcile();
    }

    /** The wish stays as it is, and everybody is heard. */
    void settle() {
        changing = false;
        unreachable.clear();
    }

    /** For scripts: so many machines, and of each partition so many replicas that a write needs all of. */
    void want(int machines, int replicas) {
        want(machines, replicas, 1, replicas);
    }

    /** For scripts: so many machines and replicas, with the quorums of level eventual. */
    void want(int machines, int replicas, int reads, int writes) {
        members = machines;
        factor = replicas;
        read = reads;
        write = writes;
        settled = false;
    }

    /** For scripts: no new rings until it goes on. */
    void hold(boolean now) {
        held = now;
    }

    /** For scripts: whether it hears of the machine and tells it rings. */
    void reaches(SimMachine machine, boolean now) {
        if (now) {
            unreachable.remove(machine.name);
        } else {
            unreachable.add(machine.name);
        }
    }

    /** For scripts: rings are made, and nobody is told until it speaks again. */
    void silent(boolean now) {
        silent = now;
    }

    /** Nothing is left to do. */
    boolean settled() {
        return settled;
    }

    @Nullable Ring ring() {
        return ring;
    }

    private void reconcile() {
        int pause = lingers && changing ? 300 + random.nextInt(600) : 80 + random.nextInt(120);
        cluster.world.at(pause * MILLIS, this::reconcile);
        listen();
        if (changing) {
            wish();
            loseSight();
        }
        boot();
        Ring now = ring;
        if (now == null) {
            ring = first();
        } else {
            givingUp.listened(now, heard);
            givingUp.noteHealed(now, heard, doubting);
            if (!held) {
                step(now);
                removeSurplus();
            }
        }
        publish();
    }

    // --- what it knows

    /** Where the cluster heals it now and then loses sight of a machine that serves, for shorter or longer than it is patient. */
    private void loseSight() {
        if (cluster.heals && random.nextInt(90) == 0 && unreachable.isEmpty()) {
            SimMachine machine = cluster.machines.get(random.nextInt(cluster.machines.size()));
            cluster.trace.say("operator", () -> "loses sight of " + machine.name);
            unreachable.add(machine.name);
            cluster.world.at((200 + random.nextInt(5_000)) * MILLIS, () -> unreachable.remove(machine.name));
        }
    }

    private void listen() {
        heard.clear();
        doubting.clear();
        for (SimMachine machine : cluster.machines) {
            NodeCore core = machine.core();
            boolean deaf = unreachable.contains(machine.name) || (changing && random.nextInt(8) == 0);
            if (core != null && machine.speaks() && !machine.gone && !deaf) {
                hear(machine, core);
            }
        }
    }

    private void hear(SimMachine machine, NodeCore core) {
        String storeId = core.store().identity().storeIdText();
        int incarnation = core.store().identity().incarnation();
        MoveViews views = new MoveViews(core);
        Ring its = core.keeper().current();
        heard.add(storeId);
        if (its != null && views.suspectReplicas(its) > 0) {
            doubting.add(storeId);
        }
        told.put(
                storeId,
                new StoreReport(
                        storeId,
                        incarnation,
                        true,
                        its == null ? 0 : its.epoch(),
                        its == null ? 0 : views.suspectReplicas(its),
                        Long.MAX_VALUE,
                        1,
                        views.copies().stream().map(MovingOperator::proof).toList()));
        if (its == null || its.partitionsOf(storeId).isEmpty()) {
            namesThatOwnedNothing.add(machine.name);
        }
        Optional<DrainStatus> drain = views.drain();
        drain.ifPresent(status -> proofs.put(
                storeId,
                new DrainProof(
                        storeId,
                        incarnation,
                        status.getRingEpoch(),
                        status.getOwnedPartitions(),
                        status.getHeldRecords(),
                        status.getHints())));
    }

    private static CopyProof proof(CopyStatus copy) {
        return new CopyProof(
                copy.getPartition(),
                copy.getCopyEpoch(),
                copy.getComplete(),
                copy.getExchangedList(),
                copy.getMetList());
    }

    private Reports reports() {
        List<StoreReport> reports = new ArrayList<>();
        for (StoreReport last : told.values()) {
            StoreReport report = new StoreReport(
                    last.storeId(),
                    last.incarnation(),
                    heard.contains(last.storeId()),
                    last.epoch(),
                    last.suspectPartitions(),
                    last.diskFreeBytes(),
                    last.logBytes(),
                    last.copies());
            reports.add(ring == null ? report : fault.falsified(ring, report));
        }
        return new Reports(reports);
    }

    // --- what it wants

    private void wish() {
        if (lingers && random.nextInt(10) > 0) {
            if (settled) {
                factor = factor == 3 ? 2 : 3;
                write = 2;
                read = factor - 1;
            }
            return;
        }
        switch (random.nextInt(14)) {
            case 0 -> members = Math.min(MOST_MACHINES, members + 1 + random.nextInt(2));
            case 1 -> members = Math.max(3, members - 1 - random.nextInt(2));
            case 2 -> {
                factor = random.nextInt(4) == 0 ? 2 : 3;
                write = 2;
                read = factor == 2 ? 1 + random.nextInt(2) : 2 + random.nextInt(2);
            }
            case 3 -> write = factor == 3 ? 2 + random.nextInt(2) : 2;
            default -> {}
        }
    }

    private void boot() {
        long running =
                cluster.machines.stream().filter(machine -> !machine.gone).count();
        for (long more = members - running; more > 0; more--) {
            Optional<SimMachine> earlier =
                    cluster.machines.stream().filter(machine -> machine.gone).findFirst();
            earlier.ifPresentOrElse(SimMachine::renew, () -> {
                SimMachine added = new SimMachine(cluster, "node-" + cluster.machines.size());
                added.copies = true;
                cluster.machines.add(added);
                added.boot();
            });
        }
    }

    private Wanted wanted(Ring now) {
        Set<String> leave = Leavers.choose(now, members);
        List<DrainProof> drained =
                leave.stream().filter(proofs::containsKey).map(proofs::get).toList();
        return Wanted.of(factor, read, write)
                .joining(joiners(now))
                .leaving(leave)
                .replacing(givingUp.wanted(now, heard))
                .drained(drained);
    }

    /** As many as there are places, of machines whose store is empty. */
    private List<RingChange.NewMember> joiners(Ring now) {
        List<RingChange.NewMember> join = new ArrayList<>();
        for (SimMachine machine : cluster.machines) {
            NodeCore core = machine.core();
            if (core != null && join.size() < places(now) && isOutside(now, machine, core) && isEmpty(machine, core)) {
                join.add(pod(machine, core));
            }
        }
        return join;
    }

    private long places(Ring now) {
        Set<String> leave = Leavers.choose(now, members);
        return members
                - now.members().stream()
                        .filter(member ->
                                member.getState() != MemberState.REPLACED && !leave.contains(member.getStoreId()))
                        .count();
    }

    /** Heard, and the ring names neither its store nor another one under its name that is not given up. */
    private boolean isOutside(Ring now, SimMachine machine, NodeCore core) {
        String storeId = core.store().identity().storeIdText();
        return !machine.gone
                && heard.contains(storeId)
                && now.member(storeId).isEmpty()
                && now.members().stream()
                        .noneMatch(member ->
                                member.getName().equals(machine.name) && member.getState() != MemberState.REPLACED);
    }

    /** It was never a member, or it says that it gave everything away. */
    private boolean isEmpty(SimMachine machine, NodeCore core) {
        if (core.keeper().current() == null) {
            return true;
        }
        String storeId = core.store().identity().storeIdText();
        Optional<DrainStatus> drain = new MoveViews(core).drain();
        boolean holds = drain.isEmpty()
                || drain.get().getHeldRecords() > 0
                || drain.get().getHints() > 0;
        if (holds && drain.isPresent()) {
            returnedWithRecords.add(storeId);
            cluster.trace.say("operator", () -> machine.name + " was a member and still holds " + drain.get());
        }
        cluster.reachedIf(!holds && returnedWithRecords.contains(storeId), Mark.GAVE_AWAY_AFTER_ITS_RETURN);
        return !holds;
    }

    private static RingChange.NewMember pod(SimMachine machine, NodeCore core) {
        int ordinal = Integer.parseInt(machine.name.substring("node-".length()));
        return new RingChange.NewMember(
                machine.name,
                core.store().identity().storeIdText(),
                core.store().identity().incarnation(),
                machine.name,
                "zone-" + ordinal % 3);
    }

    // --- what it does

    private void step(Ring now) {
        Wanted wanted = wanted(now);
        RingMachine.Next next = RingMachine.next(now, wanted, reports(), new Pace(3, 3));
        settled = next instanceof RingMachine.Settled;
        noteWaits(next);
        switch (next) {
            case RingMachine.Changed changed -> {
                if (!changing || random.nextInt(12) > 0) { // else it dies before it wrote
                    Ring made = fault.published(now, changed.ring());
                    ring = made;
                    givingUp.made(now, made);
                    changed.steps().forEach(step -> note(now, made, step));
                    made.members().forEach(member -> wereMembers.add(member.getStoreId()));
                }
            }
            case RingMachine.Waiting waiting -> cluster.trace.say("operator", () -> "waits: " + waiting.waits());
            case RingMachine.Settled _ -> {}
            case RingMachine.Refused refused -> cluster.bug("the machine made no ring: " + refused.problems());
        }
        removeDrained(now);
    }

    private void noteWaits(RingMachine.Next next) {
        List<RingMachine.Wait> waits = switch (next) {
            case RingMachine.Changed changed -> changed.waits();
            case RingMachine.Waiting waiting -> waiting.waits();
            case RingMachine.Settled _, RingMachine.Refused _ -> List.of();
        };
        for (RingMachine.Wait wait : waits) {
            cluster.reachedIf(wait.why().contains("one at a time"), Mark.BRAKE_ONE_AT_A_TIME);
            cluster.reachedIf(wait.why().contains("other replicas are up and sound"), Mark.BRAKE_TOO_FEW_SOUND);
        }
    }

    private void note(Ring before, Ring made, String step) {
        cluster.trace.say("operator", () -> "epoch " + made.epoch() + ": " + step);
        mark(step, "is copied", Mark.COPIED);
        mark(step, "arrives", Mark.ARRIVED);
        mark(step, "is cancelled", Mark.CANCELLED);
        mark(step, "turns back", Mark.TURNED_BACK);
        mark(step, "is back", Mark.CAME_BACK);
        mark(step, "is back and stays", Mark.BACK_AND_STAYS);
        mark(step, "has joined", Mark.JOINED);
        mark(step, "is drained", Mark.DRAINED);
        mark(step, "stays after all", Mark.STAYED_AFTER_ALL);
        for (Member member : before.members()) {
            if (made.member(member.getStoreId()).isEmpty() && member.getState() == MemberState.REPLACED) {
                cluster.reached(member.getDiskGone() ? Mark.LOST_DISK_REPLACED : Mark.SILENT_REPLACED_EVERYWHERE);
            }
        }
        for (Member member : made.members()) {
            boolean anew = before.member(member.getStoreId()).isEmpty() && wereMembers.contains(member.getStoreId());
            cluster.reachedIf(anew, Mark.RETURNED_AND_JOINED_ANEW);
        }
        for (int p = 0; p < made.partitions(); p++) {
            cluster.reachedIf(
                    made.moves(p) && made.target(p).size() != made.replicas(p).size(), Mark.FACTOR_CHANGED);
            cluster.reachedIf(made.moves(p) && made.targetRead(p) != made.read(p), Mark.QUORUMS_CHANGED);
        }
    }

    private void mark(String step, String end, Mark mark) {
        cluster.reachedIf(step.contains(end), mark);
    }

    /** Machines that came too late: nobody wants as many any more, and what they hold is nothing. */
    private void removeSurplus() {
        Ring now = ring;
        if (now == null) {
            return;
        }
        for (SimMachine machine : cluster.machines) {
            NodeCore core = machine.core();
            if (core != null
                    && places(now) <= 0
                    && isOutside(now, machine, core)
                    && now.members().stream()
                            .noneMatch(member -> member.getName().equals(machine.name))
                    && isEmpty(machine, core)) {
                machine.remove();
            }
        }
    }

    /** The machine of a store that proved that it is drained, or that a broken rule takes for such a one, goes with its disk. */
    private void removeDrained(Ring before) {
        Ring now = ring;
        if (now == null) {
            return;
        }
        for (Member member : before.members()) {
            boolean left = member.getState() == MemberState.LEAVING
                    && now.member(member.getStoreId()).isEmpty();
            boolean byWrongRule = member.getState() == MemberState.LEAVING
                    && fault.takesForDrained(
                            heard.contains(member.getStoreId()), namesThatOwnedNothing.contains(member.getName()));
            if (left || byWrongRule) {
                SimMachine machine = cluster.machine(member.getName());
                NodeCore core = machine.core();
                if (core == null || core.store().identity().storeIdText().equals(member.getStoreId())) {
                    machine.remove();
                }
            }
        }
    }

    private void publish() {
        Ring now = ring;
        if (now == null || silent) {
            return;
        }
        for (SimMachine machine : List.copyOf(cluster.machines)) {
            NodeCore core = machine.core();
            boolean told = !unreachable.contains(machine.name) && !(changing && random.nextInt(3) > 0);
            if (core == null || machine.gone || !told) {
                continue;
            }
            int late = random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(3);
            cluster.world.at(late * MILLIS, () -> {
                if (machine.core() == core) {
                    core.keeper().offer(now.table(), "the operator", _ -> {});
                }
            });
        }
    }

    private @Nullable Ring first() {
        List<RingChange.NewMember> pods = new ArrayList<>();
        for (SimMachine machine : cluster.machines) {
            NodeCore core = machine.core();
            if (core == null) {
                return null;
            }
            pods.add(pod(machine, core));
        }
        return SimOperator.first(cluster, pods, factor, read, write);
    }
}
