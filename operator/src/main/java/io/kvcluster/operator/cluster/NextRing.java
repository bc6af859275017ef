package io.kvcluster.operator.cluster;

import io.kvcluster.crd.Durability;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.moves.RingMoves;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.RingChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The ring after the one in force, one after the other: only when each member that can be told has the present one, and more than half
 * say so. Other defaults go first: no partition changes for them, so no message of the old epoch is refused and nobody restarts (ADR
 * 11). Then other members, copies and quorums ({@link RingMoves}).
 */
final class NextRing {
    private NextRing() {}

    /** @param given each member that can be told has the present ring */
    static Progress plan(Observation world, Ring ring, boolean given, List<Step> steps, List<Wait> waits) {
        RingMoves.staleMarks(world, ring).forEach(mark -> steps.add(new Step.UnmarkDrained(mark.claim(), mark.uid())));
        RingMoves.Decision moves = RingMoves.decide(world, ring);
        waits.addAll(moves.waits());
        Optional<Step> next = next(world, ring, moves, waits);
        if (given && next.isPresent()) {
            Optional<Wait> minority = minority(world, ring);
            minority.ifPresentOrElse(waits::add, () -> steps.add(next.get()));
        }
        moves.marks().forEach(mark -> steps.add(new Step.MarkDrained(mark.claim(), mark.uid(), mark.storeId())));
        return moves.progress();
    }

    private static Optional<Step> next(Observation world, Ring ring, RingMoves.Decision moves, List<Wait> waits) {
        Defaults wanted = defaults(world.spec());
        return wanted.equals(ring.defaults())
                ? moves.next().map(next -> new Step.AdvanceRing(next.ring(), next.change(), next.routine()))
                : ofOtherDefaults(world, ring, wanted, waits);
    }

    private static Optional<Step> ofOtherDefaults(Observation world, Ring ring, Defaults wanted, List<Wait> waits) {
        return switch (RingChange.next(ring, table -> table.setDefaults(wanted))) {
            case RingCheck.Valid(Ring next) ->
                Optional.of(new Step.AdvanceRing(next, difference(ring.defaults(), wanted), false));
            case RingCheck.Invalid invalid -> {
                waits.add(new Wait(
                        "NoNextRing",
                        "KvCluster/" + world.key().name(),
                        "the spec makes no ring: " + invalid.message(),
                        "correct the spec"));
                yield Optional.empty();
            }
        };
    }

    private static Optional<Wait> minority(Observation world, Ring ring) {
        long told = ring.members().stream()
                .filter(member -> usesIt(world, ring, member))
                .count();
        return 2 * told > ring.members().size()
                ? Optional.empty()
                : Optional.of(new Wait(
                        "WaitingForMajority",
                        "KvCluster/" + world.key().name(),
                        told + " of the " + ring.members().size() + " members told that they use the ring of epoch "
                                + ring.epoch() + "; the next one is made when more than half do",
                        "more than half of the members report"));
    }

    private static boolean usesIt(Observation world, Ring ring, Member member) {
        boolean says = world.report(member)
                .filter(report ->
                        report.ringEpoch() == ring.epoch() && report.ringHash().equals(ring.hash()))
                .isPresent();
        return says
                || world.report(member)
                        .flatMap(_ -> world.pod(member.getName()))
                        .flatMap(PodView::state)
                        .flatMap(NodeState::acknowledged)
                        .filter(known -> known.ring().hash().equals(ring.hash()))
                        .isPresent();
    }

    private static String difference(Defaults before, Defaults after) {
        List<String> changes = new ArrayList<>();
        compare("defaultConsistency", before.getConsistency(), after.getConsistency(), changes);
        compare("conflictResolution", resolution(before), resolution(after), changes);
        compare("durability", durability(before), durability(after), changes);
        return String.join(", ", changes);
    }

    private static void compare(String what, String before, String after, List<String> changes) {
        if (!before.equals(after)) {
            changes.add(what + " " + before + " -> " + after);
        }
    }

    private static String resolution(Defaults defaults) {
        return defaults.getConflictResolution()
                + (defaults.getResolver().isEmpty() ? "" : " " + defaults.getResolver());
    }

    private static String durability(Defaults defaults) {
        int millis = defaults.getFsyncIntervalMillis();
        return millis == 0 ? defaults.getDurability() : defaults.getDurability() + " " + millis + " ms";
    }

    static Defaults defaults(KvClusterSpec spec) {
        Defaults.Builder defaults = Defaults.newBuilder()
                .setConsistency(spec.defaultConsistency().name().toLowerCase(Locale.ROOT))
                .setConflictResolution(
                        switch (spec.conflictResolution()) {
                            case LAST_WRITER_WINS -> "LastWriterWins";
                            case SIBLINGS -> "Siblings";
                            case CUSTOM -> "Custom";
                        })
                .setDurability(spec.durability() == Durability.FSYNC ? "Fsync" : "Periodic");
        if (spec.fsyncIntervalMillis() != null) {
            defaults.setFsyncIntervalMillis(spec.fsyncIntervalMillis());
        }
        if (spec.resolver() != null) {
            defaults.setResolver(spec.resolver());
        }
        return defaults.build();
    }
}
