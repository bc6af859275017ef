package io.kvcluster.client.cli;

import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A ring together with who is up, as one node sees it.
 *
 * @param asked the node that told it
 */
record ClusterPicture(Ring ring, List<NodeView> nodes, String asked) {

    Map<String, NodeView> byStore() {
        Map<String, NodeView> byStore = new HashMap<>();
        nodes.forEach(node -> byStore.put(node.getStoreId(), node));
        return byStore;
    }

    int upReplicas(int partition) {
        Map<String, NodeView> byStore = byStore();
        return (int) ring.replicas(partition).stream()
                .map(Member::getStoreId)
                .filter(id -> byStore.containsKey(id) && byStore.get(id).getUp())
                .count();
    }

    /** Partitions with fewer replicas up than they have. */
    long degraded() {
        return count(
                partition -> upReplicas(partition) < ring.replicas(partition).size());
    }

    /** Partitions without a majority: no reads and writes at quorum. */
    long withoutMajority() {
        return count(partition -> upReplicas(partition) < ring.majority(partition));
    }

    long membersUp() {
        return nodes.stream().filter(NodeView::getUp).count();
    }

    private long count(java.util.function.IntPredicate predicate) {
        return java.util.stream.IntStream.range(0, ring.partitions())
                .filter(predicate)
                .count();
    }
}
