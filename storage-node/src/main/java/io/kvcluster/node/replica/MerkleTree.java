package io.kvcluster.node.replica;

/**
 * Sums over what a replica durably holds of one partition. A leaf is the sum of {@code hash(key, digest)} over its keys, an inner
 * node the sum of its sixteen children, all modulo 2^64: no order, so a change is one addition a level and allocates nothing.
 * Equal sums mean equal contents but for a chance of 2^-64. One owner.
 */
public final class MerkleTree {
    public static final int FAN_OUT = 16;
    private static final int LEAVES_PER_STORE = 1 << 18;
    private static final int MIN_LEAVES = 64;
    private static final int FAN_OUT_BITS = 4;

    /** From the root, one node, to the leaves. */
    private final long[][] levels;

    private final int leafShift;

    /** The same for every store of a cluster. @param partitions of the cluster, a power of two */
    public static int leavesFor(int partitions) {
        return Math.max(MIN_LEAVES, LEAVES_PER_STORE / Integer.highestOneBit(partitions));
    }

    /** @param leaves a power of two from 2 to 2^18 */
    MerkleTree(int leaves) {
        if (Integer.bitCount(leaves) != 1 || leaves < 2 || leaves > LEAVES_PER_STORE) {
            throw new IllegalArgumentException(
                    "leaves " + leaves + ": a power of two from 2 to " + LEAVES_PER_STORE + " is allowed");
        }
        int depth = 1;
        for (int nodes = leaves; nodes > 1; nodes = parents(nodes)) {
            depth++;
        }
        this.levels = new long[depth][];
        int nodes = leaves;
        for (int level = depth - 1; level >= 0; level--) {
            levels[level] = new long[nodes];
            nodes = parents(nodes);
        }
        this.leafShift = Long.SIZE - Integer.numberOfTrailingZeros(leaves);
    }

    private static int parents(int nodes) {
        return (nodes + FAN_OUT - 1) >>> FAN_OUT_BITS;
    }

    /** @param before the digest that the key had, 0 for not held; {@code after} the one that it has */
    void replace(byte[] key, long before, long after) {
        long hash = TreeHash.ofKey(key);
        long change =
                (after == 0 ? 0 : TreeHash.ofItem(hash, after)) - (before == 0 ? 0 : TreeHash.ofItem(hash, before));
        int node = (int) (hash >>> leafShift);
        for (int level = levels.length - 1; level >= 0; level--) {
            levels[level][node] += change;
            node >>>= FAN_OUT_BITS;
        }
    }

    /** The node of a level below which the key lies. */
    int nodeOf(byte[] key, int level) {
        int leaf = (int) (TreeHash.ofKey(key) >>> leafShift);
        return leaf >>> FAN_OUT_BITS * (levels.length - 1 - level);
    }

    public long root() {
        return levels[0][0];
    }

    public int leaves() {
        return levels[levels.length - 1].length;
    }

    /** The root's level is 0; the leaves' is {@code depth() - 1}. */
    public int depth() {
        return levels.length;
    }

    /** Nodes of a level. */
    public int width(int level) {
        return levels[level].length;
    }

    public long node(int level, int index) {
        return levels[level][index];
    }

    /** How many children a node above the leaves has: sixteen, fewer below the root. */
    public int children(int level, int index) {
        return Math.min(FAN_OUT, width(level + 1) - index * FAN_OUT);
    }
}
