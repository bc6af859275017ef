package io.kvcluster.operator.console;

import io.kvcluster.crd.KvClusterSpec;
import io.kvcluster.crd.Topology;
import io.kvcluster.operator.console.Problem.Reason;
import io.kvcluster.operator.moves.Forecast;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.SpecRules;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.MovePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A spec that nobody applied, from the parameters of a request, and what it would move. It is held to the rules of a real one. */
final class Supposed {
    private Supposed() {}

    static Forecast.Possible ask(Observation world, Ring ring, Query query) {
        KvClusterSpec spec = spec(world.spec(), query);
        List<String> problems = SpecRules.problems(world.key().name(), spec, world.spec());
        if (!problems.isEmpty()) {
            throw Problem.of(Reason.NOT_POSSIBLE, String.join("; ", problems)).refused();
        }
        return switch (Forecast.of(world, ring, spec, replaced(ring, query))) {
            case Forecast.Possible possible -> possible;
            case Forecast.Impossible(String why) ->
                throw Problem.of(Reason.NOT_POSSIBLE, why).refused();
        };
    }

    /** As the spec is, but for what is asked. Quorums that the spec does not name follow the copies. */
    private static KvClusterSpec spec(KvClusterSpec now, Query query) {
        Optional<List<String>> zones = query.names("zones");
        Topology topology = now.topology();
        if (zones.isPresent()) {
            topology = new Topology(topology == null ? Topology.ZONE_LABEL : topology.key(), zones.get());
        }
        return new KvClusterSpec(
                query.number("replicas").orElse(now.replicas()),
                query.number("replicationFactor").orElse(now.replicationFactor()),
                now.quorums(),
                now.mode(),
                now.defaultConsistency(),
                now.conflictResolution(),
                now.resolver(),
                now.partitions(),
                topology,
                now.image(),
                now.imagePullPolicy(),
                now.podTemplate(),
                now.storage(),
                now.durability(),
                now.fsyncIntervalMillis(),
                now.healing(),
                now.paused());
    }

    private static List<Member> replaced(Ring ring, Query query) {
        List<Member> members = new ArrayList<>();
        for (String name : query.names("replace").orElse(List.of())) {
            members.add(ring.members().stream()
                    .filter(member ->
                            Set.of(member.getName(), member.getStoreId()).contains(name))
                    .findFirst()
                    .orElseThrow(() -> Problem.of(
                                    Reason.INVALID_PARAMETER,
                                    "replace",
                                    name,
                                    "members by name or storeId, as /nodes lists them")
                            .refused()));
        }
        return members;
    }

    /** One line for each member before and after. */
    static List<Shown.Share> shares(Forecast.Possible plan) {
        List<Shown.Share> shares = new ArrayList<>();
        plan.plan().shares().forEach((name, share) -> shares.add(share(plan, name, share)));
        return shares;
    }

    private static Shown.Share share(Forecast.Possible plan, String name, MovePlan.Share share) {
        String becomes = plan.replaced().contains(name)
                ? "REPLACED"
                : plan.leaving().contains(name) ? "LEAVES" : plan.joining().contains(name) ? "JOINS" : "STAYS";
        return new Shown.Share(name, becomes, share.gets(), share.gives(), share.bytes());
    }
}
