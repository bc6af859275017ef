package io.kvcluster.client.bulk;

import com.google.protobuf.ByteString;
import io.kvcluster.client.KeysOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of one partition, from the replicas' own lists. A majority of the replicas is asked for each page: a write that was
 * acknowledged at a majority has reached at least one of any majority, so its key is in one of the lists. When a replica
 * cannot list, another takes its place, from the same key on.
 */
final class PartitionKeys {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

    /** A replica that takes longer than this for a page is left for the others. */
    private static final Duration LONGEST_PAGE = Duration.ofSeconds(2);

    private final KvClient client;
    private final Ring ring;
    private final int partition;
    private final Duration timeout;
    private final Set<String> silent;
    private ByteString after;
    private boolean ended;

    /**
     * @param after the last key that is done already; empty for none
     * @param silent stores that gave no page when they were last asked: they are asked last. Kept up to date here
     */
    PartitionKeys(KvClient client, Ring ring, int partition, ByteString after, Duration timeout, Set<String> silent) {
        this.client = client;
        this.ring = ring;
        this.partition = partition;
        this.after = after;
        this.timeout = timeout;
        this.silent = silent;
    }

    boolean hasNext() {
        return !ended;
    }

    /**
     * The next keys in byte order: all that the lists have up to where the shortest page ends.
     *
     * @throws IOException when a majority could not be asked within the timeout
     */
    List<ByteString> next() throws IOException, InterruptedException {
        List<KeysOutcome.Page> pages = majority();
        TreeSet<ByteString> keys = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
        ByteString frontier = null;
        for (KeysOutcome.Page page : pages) {
            keys.addAll(page.keys());
            if (!page.last()) {
                ByteString end = page.keys().getLast();
                boolean shorter = frontier == null
                        || ByteString.unsignedLexicographicalComparator().compare(end, frontier) < 0;
                frontier = shorter ? end : frontier;
            }
        }
        if (frontier == null) {
            ended = true;
            return List.copyOf(keys);
        }
        after = frontier;
        return List.copyOf(keys.headSet(frontier, true));
    }

    private List<KeysOutcome.Page> majority() throws IOException, InterruptedException {
        List<Member> replicas = ring.replicas(partition).stream()
                .sorted(Comparator.comparing((Member replica) -> silent.contains(replica.getStoreId())))
                .toList();
        Duration patience = timeout.compareTo(LONGEST_PAGE) < 0 ? timeout : LONGEST_PAGE;
        int needed = replicas.size() / 2 + 1;
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<KeysOutcome.Page> pages = new ArrayList<>();
            List<String> failures = new ArrayList<>();
            for (Member replica : replicas) {
                if (pages.size() < needed) {
                    switch (client.keys(replica.getStoreId(), partition, after, patience)) {
                        case KeysOutcome.Page page -> {
                            pages.add(page);
                            silent.remove(replica.getStoreId());
                        }
                        case KeysOutcome.Failed(String reason, String message) -> {
                            failures.add(replica.getName() + ": " + reason + " (" + message + ")");
                            silent.add(replica.getStoreId());
                        }
                    }
                }
            }
            if (pages.size() >= needed) {
                return pages;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("only " + pages.size() + " of the " + needed
                        + " replicas of partition " + partition + " that are needed could list their keys: "
                        + String.join("; ", failures));
            }
            Thread.sleep(RETRY_PAUSE);
        }
    }
}
