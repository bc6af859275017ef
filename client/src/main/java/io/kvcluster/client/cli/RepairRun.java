package io.kvcluster.client.cli;

import io.kvcluster.client.KvClient;
import io.kvcluster.client.Repairs;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.repair.PartitionRepair;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.proto.repair.RepairStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One repair of the cluster that was asked for: begun on every node that is up, watched until all of them are through. */
final class RepairRun {
    private final KvClient client;
    private final List<NodeView> nodes;
    private final Duration timeout;
    private final Set<Integer> chosen;
    private final boolean full;
    /** By name: why a node has no part in it. */
    private final Map<String, String> left = new LinkedHashMap<>();

    private RepairLook before = new RepairLook(Map.of(), Map.of());
    private volatile RepairLook now = before;

    /** @param chosen partitions; empty: all */
    RepairRun(KvClient client, List<NodeView> nodes, Duration timeout, Set<Integer> chosen, boolean full) {
        this.client = client;
        this.nodes = nodes;
        this.timeout = timeout;
        this.chosen = new TreeSet<>(chosen);
        this.full = full;
    }

    /** How many partitions a node may be asked for is for it to say: a wrong one ends the command with its words. */
    void begin() {
        before = RepairLook.of(client, nodes, timeout, false);
        RepairRequest request = RepairRequest.newBuilder()
                .addAllPartitions(chosen)
                .setFull(full)
                .build();
        nodes.stream().filter(node -> !node.getUp()).forEach(node -> left.put(node.getName(), "it is down"));
        ask(client, nodes, timeout, request).forEach((name, answer) -> {
            if (answer instanceof KvClient.Answer.Failed(String reason, String message)) {
                if (reason.equals("INVALID_PARAMETER")) {
                    throw new IllegalArgumentException(message);
                }
                left.put(name, message + " [" + reason + "]");
            }
        });
    }

    /** To all that are up, at once; answers by name. */
    static Map<String, KvClient.Answer<RepairResponse>> ask(
            KvClient client, List<NodeView> nodes, Duration timeout, RepairRequest request) {
        Repairs repairs = new Repairs(client, timeout);
        return ClusterLook.askAllUp(nodes, storeId -> repairs.start(storeId, request));
    }

    void look() {
        now = RepairLook.of(client, nodes, timeout, true);
    }

    RepairLook now() {
        return now;
    }

    Map<String, String> left() {
        return left;
    }

    private Set<String> members() {
        return nodes.stream()
                .filter(node -> !left.containsKey(node.getName()))
                .map(NodeView::getStoreId)
                .collect(Collectors.toSet());
    }

    private Stream<PartitionRepair> partitions(RepairLook look) {
        return look.told().values().stream()
                .flatMap(node -> node.getPartitionsList().stream())
                .filter(this::isChosen);
    }

    private boolean isChosen(PartitionRepair partition) {
        return chosen.isEmpty() || chosen.contains(partition.getPartition());
    }

    /** Of replicas on nodes that have a part in it, each seen from both sides: all of them, and those that are through. */
    record Pairs(long all, long done) {
        double fraction() {
            return all == 0 ? 1 : (double) done / all;
        }
    }

    Pairs pairs() {
        Set<String> members = members();
        RepairLook look = now;
        long all = 0;
        long done = 0;
        for (PartitionRepair partition : partitions(look).toList()) {
            for (PartitionRepair.Pair pair : partition.getPairsList()) {
                if (members.contains(pair.getStoreId())) {
                    all++;
                    done += partition.getScrubbing() || pair.getDirty() || pair.getRunning() ? 0 : 1;
                }
            }
        }
        return new Pairs(all, done);
    }

    /** Everybody with a part in it has told, and has nothing left to do. */
    boolean isOver() {
        RepairLook look = now;
        boolean told = nodes.stream()
                .map(NodeView::getName)
                .allMatch(name -> left.containsKey(name) || look.told().containsKey(name));
        Pairs pairs = pairs();
        return told
                && pairs.done() == pairs.all()
                && partitions(look)
                        .noneMatch(partition -> partition.getScrubbing() || partition.getDamagedRecords() > 0);
    }

    /** A node that was restarted meanwhile has forgotten that it was asked. */
    List<String> notScrubbed() {
        if (!full) {
            return List.of();
        }
        return now.told().entrySet().stream()
                .filter(node -> node.getValue().getRepair().getScrub().getPartitionsDone()
                        < node.getValue().getPartitionsList().stream()
                                .filter(this::isChosen)
                                .count())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Partitions whose replicas, as far as they told, do not show the same tree at this moment. */
    Set<Integer> differing() {
        Map<Integer, Set<Long>> roots = new TreeMap<>();
        partitions(now)
                .filter(PartitionRepair::getTree)
                .forEach(partition -> roots.computeIfAbsent(partition.getPartition(), _ -> new TreeSet<>())
                        .add(partition.getRoot()));
        return roots.entrySet().stream()
                .filter(each -> each.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    long partitions() {
        return partitions(now).map(PartitionRepair::getPartition).distinct().count();
    }

    /** What a node did since the beginning; of one that was restarted, since its start. */
    Done done(String name) {
        RepairStatus then = before.status(name);
        RepairStatus status = now.status(name);
        return new Done(
                since(
                        then.getExchangesEqual() + then.getExchangesRepaired(),
                        status.getExchangesEqual() + status.getExchangesRepaired()),
                since(then.getKeysRepaired(), status.getKeysRepaired()),
                since(then.getBytesMoved(), status.getBytesMoved()),
                since(then.getDamagedRepaired(), status.getDamagedRepaired()));
    }

    private static long since(long then, long now) {
        return now >= then ? now - then : now;
    }

    /** @param bytes moved by exchanges and hints, sent and received */
    record Done(long exchanges, long keys, long bytes, long written) {}
}
