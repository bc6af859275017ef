package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecordCacheTest {
    private static final int RECORD = 1_000;

    private final RecordCache cache = new RecordCache(10_000);

    private static Location at(int offset) {
        return new Location(1, offset, RECORD);
    }

    @Test
    void theLeastRecentlyUsedGoesFirstAndTheBoundHolds() {
        for (int i = 0; i < 8; i++) {
            cache.put(at(i), new byte[RECORD]);
        }
        assertThat(cache.getIfPresent(at(0))).isNotNull();
        cache.put(at(8), new byte[RECORD]);
        assertThat(cache.getIfPresent(at(0))).as("was used").isNotNull();
        assertThat(cache.getIfPresent(at(1))).as("was not").isNull();
        assertThat(cache.bytes()).isLessThanOrEqualTo(10_000);
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
    void whatIsLargerThanTheCacheIsNotKept() {
        cache.put(at(1), new byte[20_000]);
        assertThat(cache.getIfPresent(at(1))).isNull();
        assertThat(cache.bytes()).isZero();
    }
}
