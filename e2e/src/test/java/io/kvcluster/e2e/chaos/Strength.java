package io.kvcluster.e2e.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether all is there that should be, by the published ring and by what each node says; not by the operator's word. */
final class Strength {
    private static final String RING_KEY = "ring.json";

    private final Cluster cluster;

    Strength(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * What a ring is to be.
     *
     * @param read,write quorums of level eventual
     */
    record Shape(int members, int copies, int read, int write) {
        /** With the quorums of a spec that names none. */
        static Shape of(int members, int copies) {
            return new Shape(members, copies, copies / 2 + 1, copies / 2 + 1);
        }
    }

    Optional<Ring> ring() {
        return cluster.ringMap()
                .flatMap(map -> Optional.ofNullable(map.getData()))
                .flatMap(data -> Optional.ofNullable(data.get(RING_KEY)))
                .map(RingJson::read)
                .flatMap(check -> check instanceof RingCheck.Valid(Ring ring) ? Optional.of(ring) : Optional.empty());
    }

    /** Every member of the ring serves and sees every other. */
    boolean isWhole() {
        return ring().filter(ring -> lacking(ring).isEmpty()).isPresent();
    }

    String describe() {
        return ring().map(ring -> "epoch " + ring.epoch() + ", " + lacking(ring))
                .orElse("no ring");
    }

    private List<String> lacking(Ring ring) {
        Map<String, Node> nodes =
                cluster.nodes().stream().collect(Collectors.toMap(Node::name, node -> node, (one, _) -> one));
        Set<String> needed = ring.members().stream()
                .filter(member -> member.getState() != MemberState.REPLACED)
                .map(Member::getStoreId)
                .collect(Collectors.toSet());
        List<String> lacking = new ArrayList<>();
        for (Member member : ring.members()) {
            Node node = nodes.get(member.getName());
            if (!needed.contains(member.getStoreId())) {
                continue;
            }
            if (node == null || !node.isReady()) {
                lacking.add(member.getName() + " does not serve");
                continue;
            }
            Set<String> unseen = new HashSet<>(needed);
            unseen.removeAll(seenBy(node));
            if (!unseen.isEmpty()) {
                lacking.add(member.getName() + " does not see " + unseen);
            }
        }
        return lacking;
    }

    private static Set<String> seenBy(Node node) {
        try {
            return node.ask("/nodes")
                    .json()
                    .path("nodes")
                    .valueStream()
                    .filter(seen -> seen.path("status").asText().equals("UP"))
                    .map(seen -> seen.path("storeId").asText())
                    .collect(Collectors.toSet());
        } catch (UncheckedIOException _) {
            return Set.of();
        }
    }

    /** Of its pods one may be broken at the moment. */
    boolean is(Shape shape) {
        return ring().filter(ring -> flaws(ring, shape).isEmpty()).isPresent()
                && cluster.pods().size() == shape.members();
    }

    private boolean hasPods(int count) {
        return cluster.pods().size() == count && cluster.pods().stream().allMatch(Cluster::isReady);
    }

    /** What is wrong in the end; empty: nothing. */
    List<String> flaws(Shape shape) {
        Optional<Ring> ring = ring();
        if (ring.isEmpty()) {
            return List.of("there is no ring");
        }
        List<String> flaws = new ArrayList<>(flaws(ring.get(), shape));
        flaws.addAll(lacking(ring.get()));
        if (!hasPods(shape.members())) {
            flaws.add("pods are " + cluster.podNames() + ", not " + shape.members() + " that are ready");
        }
        if (cluster.claims().size() != shape.members()) {
            flaws.add(cluster.claims().size() + " claims, not " + shape.members());
        }
        ownership(ring.get(), flaws);
        return flaws;
    }

    private static List<String> flaws(Ring ring, Shape shape) {
        List<String> flaws = new ArrayList<>();
        if (ring.members().size() != shape.members()
                || !ring.members().stream().allMatch(member -> member.getState() == MemberState.NORMAL)) {
            flaws.add("members are "
                    + ring.members().stream()
                            .map(member -> member.getName() + " " + member.getState())
                            .toList());
        }
        for (int p = 0; p < ring.partitions(); p++) {
            if (ring.moves(p)) {
                flaws.add("partition " + p + " moves");
            }
            if (ring.replicas(p).size() != shape.copies()
                    || ring.read(p) != shape.read()
                    || ring.write(p) != shape.write()) {
                flaws.add("partition " + p + " has " + ring.replicas(p).size() + " copies and quorums " + ring.read(p)
                        + "/" + ring.write(p));
            }
        }
        return flaws;
    }

    /** Each node says that it owns what the ring gives it. */
    private void ownership(Ring ring, List<String> flaws) {
        Map<String, Integer> told = new HashMap<>();
        for (Node node : cluster.nodes()) {
            for (JsonNode seen : node.ask("/nodes").json().path("nodes")) {
                if (seen.path("name").asText().equals(node.name())) {
                    told.put(
                            seen.path("storeId").asText(),
                            seen.path("partitions").asInt());
                }
            }
        }
        for (Member member : ring.members()) {
            int owned = ring.partitionsOf(member.getStoreId()).size();
            if (told.getOrDefault(member.getStoreId(), -1) != owned) {
                flaws.add(
                        member.getName() + " says " + told.get(member.getStoreId()) + " partitions, the ring " + owned);
            }
        }
    }
}
