package io.kvcluster.e2e.traffic;

import io.kvcluster.client.Level;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What traffic does.
 *
 * @param prefix of its keys: two runs must not share keys, a history knows only its own writes
 * @param clients each with one operation in flight at most
 * @param keys how many keys they share
 * @param pace from the start of a client's operation to the start of its next; a late one is made up for at once
 * @param timeout of one operation, retries included
 * @param writePercent share of puts and deletes, 0..100
 * @param deletePercent share of deletes, within that of writes
 */
public record Plan(
        String prefix,
        int clients,
        int keys,
        Duration pace,
        Level level,
        Duration timeout,
        int writePercent,
        int deletePercent) {

    /** Twelve clients on sixty-four keys, 800 operations a second in all, at quorum. */
    public static Plan hot(String prefix) {
        return new Plan(prefix, 12, 64, Duration.ofMillis(15), Level.QUORUM, Duration.ofSeconds(5), 50, 5);
    }

    /** Six clients, 120 operations a second in all, at quorum: enough to notice an interruption of 50 ms. */
    public static Plan steady(String prefix) {
        return new Plan(prefix, 6, 60, Duration.ofMillis(50), Level.QUORUM, Duration.ofSeconds(5), 50, 0);
    }

    public List<String> allKeys() {
        return IntStream.range(0, keys).mapToObj(i -> prefix + "-" + i).toList();
    }
}
