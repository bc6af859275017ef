package io.kvcluster.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MerkleTreeTest {
    private static byte[] key(int number) {
        return ("key-" + number).getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64, 256, 4_096, 32_768})
    void everyOrderOfChangesGivesTheSumOfWhatIsHeld(int leaves) {
        Random random = new Random(leaves);
        MerkleTree changed = new MerkleTree(leaves);
        Map<Integer, Long> held = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt(3_000);
            long after = random.nextInt(3) == 0 ? 0 : random.nextLong();
            changed.replace(key(number), held.getOrDefault(number, 0L), after);
            held.put(number, after);
        }
        List<Integer> order = new ArrayList<>(held.keySet());
        Collections.shuffle(order, random);
        MerkleTree fresh = new MerkleTree(leaves);
        order.forEach(number -> fresh.replace(key(number), 0, held.get(number)));
        for (int level = 0; level < fresh.depth(); level++) {
            for (int node = 0; node < fresh.width(level); node++) {
                assertThat(changed.node(level, node)).isEqualTo(fresh.node(level, node));
            }
        }
    }

    @Test
    void aNodeIsTheSumOfItsChildrenAndADifferenceShowsOnThePathOfItsKeyAlone() {
        MerkleTree one = new MerkleTree(4_096);
        MerkleTree other = new MerkleTree(4_096);
        for (int i = 0; i < 5_000; i++) {
            one.replace(key(i), 0, i + 1);
            other.replace(key(i), 0, i + 1);
        }
        other.replace(key(77), 78, 79);
        for (int level = 0; level < one.depth(); level++) {
            for (int node = 0; node < one.width(level); node++) {
                boolean onPath = node == one.nodeOf(key(77), level);
                assertThat(one.node(level, node) == other.node(level, node)).isEqualTo(!onPath);
                if (level + 1 < one.depth()) {
                    long sum = 0;
                    for (int child = 0; child < one.children(level, node); child++) {
                        sum += one.node(level + 1, node * MerkleTree.FAN_OUT + child);
                    }
                    assertThat(sum).isEqualTo(one.node(level, node));
                }
            }
        }
    }

    @Test
    void theHashesArePartOfTheWireContract() {
        MerkleTree tree = new MerkleTree(64);
        tree.replace(key(1), 0, 1);
        tree.replace(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 0, -5);
        assertThat(tree.root()).isEqualTo(ROOT);
    }

    private static final long ROOT = -948441107403788030L;

    @Test
    void leavesAreDividedOverThePartitionsOfACluster() {
        assertThat(MerkleTree.leavesFor(8)).isEqualTo(32_768);
        assertThat(MerkleTree.leavesFor(1_024)).isEqualTo(256);
        assertThatThrownBy(() -> new MerkleTree(48)).hasMessageContaining("a power of two from 2 to 262144");
    }
}
