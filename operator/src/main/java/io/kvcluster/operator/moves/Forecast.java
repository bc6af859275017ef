package io.kvcluster.operator.moves;

import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.Topology;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.operator.resources.Names;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.Leavers;
import io.kvcluster.ring.change.MovePlan;
import io.kvcluster.ring.change.Reports;
import io.kvcluster.ring.change.RingChange.NewMember;
import io.kvcluster.ring.change.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a spec would move, before it is applied: by the same placement as the moves themselves. Pods that are not there yet count as if
 * they joined.
 */
public final class Forecast {
    /** The answer. */
    public sealed interface Outcome {}

    /**
     * It can be done.
     *
     * @param goal as an operation names it
     * @param partitionsMoving that the ring moves already
     * @param obstacles what would hold it up, as far as it is known now; sentences
     */
    public record Possible(
            String goal,
            MovePlan plan,
            List<String> joining,
            List<String> leaving,
            List<String> replaced,
            int partitionsMoving,
            List<String> obstacles)
            implements Outcome {
        public Possible {
            joining = List.copyOf(joining);
            leaving = List.copyOf(leaving);
            replaced = List.copyOf(replaced);
            obstacles = List.copyOf(obstacles);
        }
    }

    /** The members and zones cannot hold so many copies. */
    public record Impossible(String why) implements Outcome {}

    /** Makes an id that no store has, for a pod that has none yet. */
    private static final String NOT_THERE_YET = "not there yet: ";

    private Forecast() {}

    /** @param replaced members whose pod comes back with an empty disk */
    public static Outcome of(Observation now, Ring ring, KvClusterSpec spec, List<Member> replaced) {
        Observation then = now.supposing(spec);
        Wanted wanted = wanted(then, ring, spec, replaced);
        Reports reports = StoreReports.of(now);
        return switch (MovePlan.of(ring, wanted, reports)) {
            case MovePlan.Result.Impossible(String why) -> new Impossible(why);
            case MovePlan.Result.Possible(MovePlan plan) ->
                new Possible(
                        Way.goal(then),
                        plan,
                        joining(ring, wanted),
                        leaving(ring, wanted),
                        replaced.stream().map(Member::getName).toList(),
                        ring.moving().size(),
                        obstacles(then, ring, plan, wanted));
        };
    }

    private static Wanted wanted(Observation then, Ring ring, KvClusterSpec spec, List<Member> replaced) {
        Map<String, Boolean> gone = new TreeMap<>();
        ring.members().stream().filter(Member::getDiskGone).forEach(member -> gone.put(member.getStoreId(), true));
        replaced.forEach(member -> gone.put(member.getStoreId(), true));
        Wanted wanted = Wanted.of(spec.replicationFactor(), spec.readQuorum(), spec.writeQuorum())
                .leaving(Leavers.choose(ring, then.shape().members()))
                .replacing(gone);
        return withThoseToCome(then, ring, wanted);
    }

    /** With the pods that the spec wants as members and that do not join yet: as if they did, with a store that is empty. */
    static Wanted withThoseToCome(Observation world, Ring ring, Wanted wanted) {
        List<NewMember> joiners = new ArrayList<>(wanted.join());
        long places = world.shape().members()
                - ring.members().stream()
                        .filter(member -> stays(member, wanted))
                        .count()
                - joiners.size();
        for (Map.Entry<String, String> pod : world.shape().zoneByPod().entrySet()) {
            boolean known = joiners.stream().anyMatch(joiner -> joiner.name().equals(pod.getKey()))
                    || ring.members().stream()
                            .anyMatch(member -> member.getName().equals(pod.getKey()) && !isGivenUp(member, wanted));
            if (!known && places > 0) {
                joiners.add(new NewMember(
                        pod.getKey(),
                        NOT_THERE_YET + pod.getKey(),
                        1,
                        Names.address(world.key(), pod.getKey()),
                        pod.getValue()));
                places--;
            }
        }
        return wanted.joining(joiners);
    }

    private static boolean isGivenUp(Member member, Wanted wanted) {
        return member.getState() == MemberState.REPLACED || wanted.replace().containsKey(member.getStoreId());
    }

    private static boolean stays(Member member, Wanted wanted) {
        return !isGivenUp(member, wanted) && !wanted.leave().contains(member.getStoreId());
    }

    /** Those that hold nothing yet are on their way still. */
    static List<String> joining(Ring ring, Wanted wanted) {
        List<String> names = new ArrayList<>(ring.members().stream()
                .filter(member -> member.getState() == MemberState.JOINING && stays(member, wanted))
                .map(Member::getName)
                .toList());
        wanted.join().stream()
                .filter(joiner -> ring.member(joiner.storeId()).isEmpty())
                .forEach(joiner -> names.add(joiner.name()));
        return List.copyOf(names);
    }

    static List<String> leaving(Ring ring, Wanted wanted) {
        return ring.members().stream()
                .filter(member -> wanted.leave().contains(member.getStoreId()))
                .map(Member::getName)
                .toList();
    }

    /** Now: of the partition that has the fewest. */
    static int lowestCopies(Ring ring) {
        int lowest = Integer.MAX_VALUE;
        for (int p = 0; p < ring.partitions(); p++) {
            lowest = Math.min(lowest, (int) ring.replicas(p).stream()
                    .filter(member -> !member.getDiskGone())
                    .count());
        }
        return lowest;
    }

    /** What is known to be missing; what a pod that is not there yet has is not known. */
    private static List<String> obstacles(Observation then, Ring ring, MovePlan plan, Wanted wanted) {
        List<String> obstacles = new ArrayList<>();
        Topology topology = then.spec().topology();
        List<String> zones = topology == null ? List.of("") : topology.zones();
        then.shape().podsByZone().keySet().stream()
                .filter(zone -> !zones.contains(zone))
                .forEach(zone -> obstacles.add("spec.topology.zones does not name " + zone
                        + ", in which there are members: their number stays as it is until it does"));
        for (Member member : ring.members()) {
            boolean serves = then.isServing(member);
            if (!serves && !isGivenUp(member, wanted)) {
                obstacles.add(
                        member.getName()
                                + " does not serve: what it holds is estimated from the others, and no member leaves meanwhile");
            }
        }
        plan.shares().forEach((name, share) -> {
            Optional<Long> free = then.pod(name)
                    .flatMap(PodView::report)
                    .map(NodeReport::load)
                    .map(NodeReport.Load::diskFreeBytes);
            free.filter(bytes -> bytes < share.bytes())
                    .ifPresent(bytes -> obstacles.add(
                            name + " would get about " + share.bytes() + " bytes and has " + bytes + " free"));
        });
        return obstacles;
    }
}
