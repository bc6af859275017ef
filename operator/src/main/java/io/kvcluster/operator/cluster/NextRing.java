package io.kvcluster.operator.cluster;

import io.kvcluster.crd.Durability;
import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.RingChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The ring after the one in force, when the spec wants other defaults. No partition changes, so no message of the old epoch is
 * refused and nobody restarts (ADR 11). One ring after the other: asked only when every member that can be told has the present one.
 */
final class NextRing {
    private NextRing() {}

    static void plan(Observation world, Ring ring, List<Step> steps, List<Wait> waits) {
        Defaults wanted = defaults(world.spec());
        if (wanted.equals(ring.defaults())) {
            return;
        }
        String change = difference(ring.defaults(), wanted);
        long told = ring.members().stream()
                .filter(member -> world.report(member)
                        .filter(report -> report.ringEpoch() == ring.epoch()
                                && report.ringHash().equals(ring.hash()))
                        .isPresent())
                .count();
        if (2 * told <= ring.members().size()) {
            waits.add(new Wait(
                    "WaitingForMajority",
                    "KvCluster/" + world.key().name(),
                    told + " of the " + ring.members().size() + " members told that they use the ring of epoch "
                            + ring.epoch() + "; the next one (" + change + ") is made when more than half do",
                    "more than half of the members report"));
            return;
        }
        switch (RingChange.next(ring, table -> table.setDefaults(wanted))) {
            case RingCheck.Valid(Ring next) -> steps.add(new Step.AdvanceRing(next, change));
            case RingCheck.Invalid invalid ->
                waits.add(new Wait(
                        "NoNextRing",
                        "KvCluster/" + world.key().name(),
                        "the spec makes no ring: " + invalid.message(),
                        "correct the spec"));
        }
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
