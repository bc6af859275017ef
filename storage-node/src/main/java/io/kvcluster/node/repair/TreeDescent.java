package io.kvcluster.node.repair;

import io.kvcluster.node.replica.MerkleTree;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.TreeAnswer;
import io.kvcluster.proto.peer.TreeRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * From two roots that differ to the nodes below which keys differ, one level of questions after the other. Ends where nodes have few
 * keys: naming these is cheaper than sixteen children.
 */
final class TreeDescent {
    private static final int NODES_PER_QUESTION = 256;
    private static final int KEYS_PER_NODE = 4;

    private final Exchange exchange;
    private final RepairSide side;
    private final boolean suspect;
    private final long keys;

    /** @param theirKeys that the other replica holds */
    TreeDescent(Exchange exchange, RepairSide side, boolean suspect, long theirKeys) {
        this.exchange = exchange;
        this.side = side;
        this.suspect = suspect;
        this.keys = Math.max(side.keys(), theirKeys);
    }

    /** @param found hears the nodes, of one level; none when the trees became equal meanwhile. Not called when the exchange fails. */
    void start(Consumer<RepairSide.Nodes> found) {
        descend(0, List.of(0), found);
    }

    private void descend(int level, List<Integer> differing, Consumer<RepairSide.Nodes> found) {
        if (differing.isEmpty() || deepEnough(level)) {
            BitSet at = new BitSet();
            differing.forEach(at::set);
            found.accept(new RepairSide.Nodes(level, at));
        } else {
            ask(level, differing, 0, new ArrayList<>(), found);
        }
    }

    private boolean deepEnough(int level) {
        return level == side.tree().depth() - 1
                || keys <= (long) KEYS_PER_NODE * side.tree().width(level);
    }

    private void ask(int level, List<Integer> nodes, int from, List<Integer> below, Consumer<RepairSide.Nodes> found) {
        if (from >= nodes.size()) {
            descend(level + 1, below, found);
            return;
        }
        List<Integer> asked = nodes.subList(from, Math.min(nodes.size(), from + NODES_PER_QUESTION));
        TreeRequest request = TreeRequest.newBuilder()
                .setPartition(side.partition())
                .setDeadlineMillis(exchange.deadlineMillis())
                .setSuspect(suspect)
                .setLevel(level)
                .addAllNodes(asked)
                .build();
        exchange.ask(PeerMessage.newBuilder().setTreeRequest(request), message -> {
            TreeAnswer answer = message.getTreeAnswer();
            if (exchange.refused(answer.getStatus(), answer.getPauseMillis())) {
                return;
            }
            if (!compare(level, asked, answer, below)) {
                exchange.fail("it told another number of nodes than asked for");
                return;
            }
            ask(level, nodes, from + asked.size(), below, found);
        });
    }

    private boolean compare(int level, List<Integer> asked, TreeAnswer answer, List<Integer> below) {
        MerkleTree ours = side.tree();
        int at = 0;
        for (int node : asked) {
            int children = ours.children(level, node);
            if (at + children > answer.getChildrenCount()) {
                return false;
            }
            for (int child = 0; child < children; child++, at++) {
                int index = node * MerkleTree.FAN_OUT + child;
                if (answer.getChildren(at) != ours.node(level + 1, index)) {
                    below.add(index);
                }
            }
        }
        return at == answer.getChildrenCount();
    }
}
