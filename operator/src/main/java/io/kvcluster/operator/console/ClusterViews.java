package io.kvcluster.operator.console;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.RingStatus;
import io.kvcluster.operator.console.Problem.Reason;
import io.kvcluster.operator.console.Shown.Seen;
import io.kvcluster.operator.moves.Forecast;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Sightings;
import io.kvcluster.operator.observation.Sightings.Sighting;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import io.kvcluster.ring.change.MovePlan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The clusters as the operator sees them, with fresh times: the status of a KvCluster carries none. Any thread. */
public final class ClusterViews {
    /** A settled cluster is looked at every ten seconds: three looks are missing. */
    static final Duration STALE_AFTER = Duration.ofSeconds(30);

    static final int MOVES_SHOWN = 64;

    private final Sightings sightings;
    private final Function<ClusterKey, Map<String, NodeState>> states;
    private final Supplier<Standing> standing;
    private final InstantSource clock;

    /** @param states what is heard of the nodes of a cluster now, by pod uid */
    public ClusterViews(
            Sightings sightings,
            Function<ClusterKey, Map<String, NodeState>> states,
            Supplier<Standing> standing,
            InstantSource clock) {
        this.sightings = sightings;
        this.states = states;
        this.standing = standing;
        this.clock = clock;
    }

    /** One cluster and how fresh what is known of it is. */
    private record Found(ClusterKey key, Sighting sighting, Seen seen) {
        Ring ring() {
            return sighting.world()
                    .flatMap(Observation::ring)
                    .orElseThrow(() -> Problem.of(Reason.NO_RING, "cluster " + key + " has no ring yet")
                            .refused());
        }
    }

    // --- endpoints; a name that is absent means the only cluster that there is

    Answer clusters() {
        boolean watching = leading().watching();
        List<Shown.Summary> all = sightings.latest().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .map(entry -> summary(found(entry.getKey(), entry.getValue(), watching)))
                .toList();
        return Answer.json(new Shown.Clusters(all));
    }

    Answer cluster(Optional<ClusterKey> name) {
        Found found = find(name, "");
        Optional<KvClusterStatus> status = found.sighting().status();
        Optional<Observation> world = found.sighting().world();
        List<Shown.Move> moves =
                world.flatMap(Observation::ring).map(ClusterViews::moves).orElse(List.of());
        return Answer.json(new Shown.Cluster(
                found.seen(),
                phase(found),
                world.flatMap(Observation::ring).map(Ring::clusterId).orElse(null),
                world.flatMap(Observation::ring).map(Ring::partitions).orElse(0),
                world.map(seen -> seen.spec().replicas()).orElse(null),
                world.map(seen -> seen.spec().replicationFactor()).orElse(null),
                status.map(KvClusterStatus::quorums).orElse(null),
                status.map(KvClusterStatus::ring)
                        .map(RingStatus::underReplicatedPartitions)
                        .orElse(0),
                status.map(KvClusterStatus::conditions).orElse(List.of()).stream()
                        .map(ClusterViews::condition)
                        .toList(),
                status.map(KvClusterStatus::blockedBy).orElse(List.of()),
                status.map(KvClusterStatus::operation).orElse(null),
                moves.stream().limit(MOVES_SHOWN).toList(),
                moves.size(),
                members(found).map(Members::all).orElse(List.of())));
    }

    Answer nodes(Optional<ClusterKey> name) {
        Found found = find(name, "/nodes");
        return Answer.json(
                new Shown.Nodes(found.seen(), members(found).map(Members::all).orElse(List.of())));
    }

    Answer mapping(Optional<ClusterKey> name, Query query) {
        Query.Key key = query.key();
        Found found = find(name, "/mapping");
        Ring ring = found.ring();
        Members members = members(found).orElseThrow();
        int partition = ring.partitionOf(key.bytes());
        Shown.MovingTo move = ring.moves(partition)
                ? new Shown.MovingTo(
                        ring.move(partition).getPhase().name(),
                        ring.copyEpoch(partition),
                        members.these(ring.target(partition)))
                : null;
        List<Shown.Node> replicas = members.these(ring.replicas(partition));
        return Answer.json(new Shown.Mapping(
                found.seen(), key.text(), key.encoding().orElse(null), partition, replicas.getFirst(), replicas, move));
    }

    /** The canonical text: the one whose hash the ring carries. How fresh it is, is in headers. */
    Answer ring(Optional<ClusterKey> name) {
        Found found = find(name, "/ring");
        byte[] text = RingJson.write(found.ring().table()).getBytes(StandardCharsets.UTF_8);
        return Answer.text("application/json", text)
                .with("X-KV-Observed-At", found.seen().observedAt())
                .with("X-KV-Stale", String.valueOf(found.seen().stale()));
    }

    /** What a change of the spec would move; nothing is begun. */
    Answer plan(Optional<ClusterKey> name, Query query) {
        Found found = find(name, "/plan");
        Ring ring = found.ring();
        Forecast.Possible possible = Supposed.ask(found.sighting().world().orElseThrow(), ring, query);
        MovePlan plan = possible.plan();
        return Answer.json(new Shown.Plan(
                found.seen(),
                possible.goal(),
                ring.partitions(),
                plan.partitions(),
                plan.copies(),
                plan.bytes(),
                plan.lowestCopies(),
                plan.distinctReplicaSets(),
                possible.partitionsMoving(),
                Supposed.shares(possible),
                possible.obstacles()));
    }

    // --- which one, and may it be shown

    private Standing.Leading leading() {
        return switch (standing.get()) {
            case Standing.Leading leading -> leading;
            case Standing.Starting _ ->
                throw Problem.of(Reason.STARTING, "this operator has not seen all objects yet")
                        .refused();
            case Standing.Standby(Optional<String> leader) ->
                throw new Problem(
                                Reason.STANDBY,
                                "this replica of the operator waits and looks at nothing; "
                                        + leader.map(pod -> "pod " + pod + " leads: ask there")
                                                .orElse("nobody is known to lead"),
                                leader.<Map<String, Object>>map(pod -> Map.of("leader", pod))
                                        .orElse(Map.of()))
                        .refused();
        };
    }

    private Found find(Optional<ClusterKey> name, String endpoint) {
        boolean watching = leading().watching();
        Map<ClusterKey, Sighting> all = sightings.latest();
        ClusterKey key = name.orElseGet(() -> theOnlyOne(all, endpoint));
        Sighting sighting = all.get(key);
        if (sighting == null) {
            throw Problem.of(
                            Reason.CLUSTER_NOT_FOUND,
                            "cluster",
                            key.toString(),
                            "a KvCluster that this operator looks after, as listed at /clusters")
                    .refused();
        }
        return found(key, sighting, watching);
    }

    private static ClusterKey theOnlyOne(Map<ClusterKey, Sighting> all, String endpoint) {
        if (all.isEmpty()) {
            throw Problem.of(Reason.CLUSTER_NOT_FOUND, "there is no KvCluster yet")
                    .refused();
        }
        if (all.size() > 1) {
            throw Problem.of(
                            Reason.CLUSTER_NOT_NAMED,
                            "path",
                            endpoint,
                            "/clusters/{namespace}/{cluster}" + endpoint
                                    + " when there is more than one KvCluster (now " + all.size() + ")")
                    .refused();
        }
        return all.keySet().iterator().next();
    }

    private Found found(ClusterKey key, Sighting sighting, boolean watching) {
        Duration age = Duration.between(sighting.at(), clock.instant());
        String because = null;
        if (!watching) {
            because = "a watch on the API server is broken";
        } else if (age.compareTo(STALE_AFTER) > 0) {
            because = "no pass has ended well for " + age.toSeconds() + " s";
        }
        long epoch =
                sighting.world().flatMap(Observation::ring).map(Ring::epoch).orElse(0L);
        Seen seen = new Seen(key.namespace(), key.name(), sighting.at().toString(), because != null, because, epoch);
        return new Found(key, sighting, seen);
    }

    private Optional<Members> members(Found found) {
        return found.sighting().world().map(world -> new Members(world, states.apply(found.key())));
    }

    // --- parts

    private Shown.Summary summary(Found found) {
        List<Shown.Node> nodes = members(found).map(Members::all).orElse(List.of());
        int up = (int) nodes.stream().filter(node -> node.status().equals("UP")).count();
        return new Shown.Summary(
                found.seen(),
                phase(found),
                nodes.size(),
                up,
                found.sighting().status().map(KvClusterStatus::ready).orElse(null));
    }

    private static String phase(Found found) {
        return found.sighting().status().map(KvClusterStatus::phase).orElse("Pending");
    }

    private static List<Shown.Move> moves(Ring ring) {
        return ring.moving().stream()
                .map(p -> new Shown.Move(
                        p,
                        ring.move(p).getPhase().name(),
                        ring.copyEpoch(p),
                        names(ring.replicas(p)),
                        names(ring.target(p))))
                .toList();
    }

    private static List<String> names(List<Member> members) {
        return members.stream().map(Member::getName).toList();
    }

    private static Shown.Condition condition(io.fabric8.kubernetes.api.model.Condition condition) {
        return new Shown.Condition(
                text(condition.getType()),
                text(condition.getStatus()),
                text(condition.getReason()),
                text(condition.getMessage()),
                text(condition.getLastTransitionTime()));
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
