package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table against a map of the JDK. */
class PlaceTableTest {
    @Test
    void behavesAsAMap() {
        SplittableRandom random = new SplittableRandom(11);
        for (int keys : new int[] {3, 40, 2_000}) {
            PlaceTable table = new PlaceTable();
            Map<Long, Long> twin = new HashMap<>();
            for (int step = 0; step < 50_000; step++) {
                // as places in a log: close together, in a few segments
                long key = (long) (1 + random.nextInt(3)) << 32 | 8L * random.nextInt(keys);
                if (random.nextInt(5) < 3) {
                    table.put(key, step);
                    twin.put(key, (long) step);
                } else {
                    Long before = twin.remove(key);
                    assertThat(table.remove(key)).isEqualTo(before == null ? PlaceTable.ABSENT : before);
                }
                assertThat(table.size()).isEqualTo(twin.size());
                long asked = (long) (1 + random.nextInt(3)) << 32 | 8L * random.nextInt(keys);
                assertThat(table.get(asked)).isEqualTo(twin.getOrDefault(asked, PlaceTable.ABSENT));
            }
            twin.forEach((key, value) -> assertThat(table.get(key)).isEqualTo(value));
        }
    }
}
