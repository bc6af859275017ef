package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordCacheTest {
    private static final int RECORD = 900;
    /** Eight slabs of two thousand bytes: two records each. */
    private static final int BYTES = 16_000;

    private final RecordCache cache = new RecordCache(BYTES);

    private static Location at(int offset) {
        return new Location(1, offset, RECORD);
    }

    private void fill(int from, int to) {
        for (int i = from; i < to; i++) {
            cache.put(at(i), new byte[RECORD]);
        }
    }

    @Test
    void whatWasNotUsedGoesFirstAndTheBoundHolds() {
        fill(0, 16);
        assertThat(cache.getIfPresent(at(0))).isNotNull();
        fill(16, 17);
        assertThat(cache.getIfPresent(at(0))).as("was used").isNotNull();
        assertThat(cache.getIfPresent(at(1))).as("was not").isNull();
        assertThat(cache.getIfPresent(at(2))).as("its turn has not come").isNotNull();
        assertThat(cache.bytes()).isLessThanOrEqualTo(BYTES);
    }

    @Test
    void whatIsUsedIsSparedOnce() {
        fill(0, 16);
        assertThat(cache.getIfPresent(at(0))).isNotNull();
        fill(16, 48);
        assertThat(cache.getIfPresent(at(0))).isNull();
    }

    @Test
    void whatTookThePlaceOfSomethingUsedIsSparedToo() {
        fill(0, 1);
        assertThat(cache.getIfPresent(at(0))).isNotNull();
        cache.replace(at(0), at(1), new byte[RECORD]);
        assertThat(cache.getIfPresent(at(0))).isNull();
        fill(2, 18);
        assertThat(cache.getIfPresent(at(1))).isNotNull();
        assertThat(cache.getIfPresent(at(2))).isNull();
    }

    @Test
    void whatIsTakenOutOrReplacedGivesItsBytesBack() {
        cache.put(at(1), new byte[RECORD]);
        cache.put(at(1), new byte[10]);
        cache.invalidate(at(2));
        cache.invalidate(at(1));
        assertThat(cache.bytes()).isZero();
        assertThat(cache.getIfPresent(at(1))).isNull();
    }

    @Test
    void whatIsLargerThanASlabIsNotKept() {
        cache.put(at(1), new byte[BYTES / 8]);
        assertThat(cache.getIfPresent(at(1))).isNull();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void aCacheOfNoBytesKeepsNothing() {
        for (int bytes = 0; bytes < 200; bytes += 8) {
            RecordCache small = new RecordCache(bytes);
            small.put(at(1), new byte[0]);
            small.put(at(2), new byte[100]);
            assertThat(small.bytes()).isLessThanOrEqualTo(bytes);
        }
    }

    /** Whatever is answered is what was put last; bytes and bound are right at each step. */
    @Test
    void answersWhatWasPutOrNothing() {
        SplittableRandom random = new SplittableRandom(5);
        Map<Location, byte[]> put = new HashMap<>();
        int hits = 0;
        for (int step = 0; step < 50_000; step++) {
            Location at = at(1 + random.nextInt(60));
            int choice = random.nextInt(10);
            if (choice < 3) {
                byte[] record = record(random);
                cache.put(at, record);
                put.put(at, record);
            } else if (choice < 4) {
                Location to = at(1 + random.nextInt(60));
                byte[] record = record(random);
                cache.replace(at, to, record);
                put.remove(at);
                put.put(to, record);
            } else if (choice < 5) {
                cache.invalidate(at);
                put.remove(at);
            } else {
                byte[] found = cache.getIfPresent(at);
                if (found != null) {
                    hits++;
                    assertThat(found).isEqualTo(put.get(at));
                }
            }
            assertThat(cache.bytes()).isBetween(0L, (long) BYTES);
        }
        assertThat(hits).isGreaterThan(5_000);
        put.keySet().forEach(cache::invalidate);
        assertThat(cache.bytes()).isZero();
    }

    private static byte[] record(SplittableRandom random) {
        byte[] record = new byte[random.nextInt(1_200)];
        Arrays.fill(record, (byte) random.nextInt());
        return record;
    }
}
