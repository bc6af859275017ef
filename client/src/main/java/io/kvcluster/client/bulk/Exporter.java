package io.kvcluster.client.bulk;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Writes every key and its value, partition by partition, keys in byte order. Keys come from the lists of a majority of each
 * partition's replicas; each value from a read at the level asked for, at the moment when its turn comes: an export is no
 * snapshot. One thread runs it; any thread reads its figures.
 */
public final class Exporter {
    private static final int READS_IN_FLIGHT = 64;

    private final KvClient client;
    private final RequestOptions request;
    private final ExportFile file;
    private volatile int partition;
    private volatile long exported;
    private volatile long bytes;
    private volatile long withSiblings;
    private volatile long gone;

    public Exporter(KvClient client, RequestOptions request, ExportFile file) {
        this.client = client;
        this.request = request;
        this.file = file;
        this.partition = file.progress().partition();
        this.exported = file.progress().keys();
        this.bytes = file.progress().bytes();
    }

    /** The partition that it is in. */
    public int partition() {
        return partition;
    }

    /** Keys written, those of the export that this one goes on after included. */
    public long exported() {
        return exported;
    }

    public long bytes() {
        return bytes;
    }

    /** Keys of which only the newest of several values was written, in this run. */
    public long withSiblings() {
        return withSiblings;
    }

    /** Keys that were listed and had no value (deleted, expired), in this run. */
    public long gone() {
        return gone;
    }

    /** @throws IOException naming what could not be listed, read or written; the file can be gone on with */
    public void run(Ring ring) throws IOException, InterruptedException {
        Set<String> silent = new HashSet<>();
        ByteString after = file.progress().after();
        for (int p = file.progress().partition(); p < ring.partitions(); p++) {
            partition = p;
            PartitionKeys keys = new PartitionKeys(client, ring, p, after, request.timeout(), silent);
            while (keys.hasNext()) {
                List<ByteString> page = keys.next();
                for (int from = 0; from < page.size(); from += READS_IN_FLIGHT) {
                    List<ByteString> some = page.subList(from, Math.min(page.size(), from + READS_IN_FLIGHT));
                    file.append(p, some.getLast(), read(some));
                    exported = file.progress().keys();
                    bytes = file.progress().bytes();
                }
            }
            after = ByteString.EMPTY;
            file.append(p + 1, after, List.of());
        }
        file.finish();
    }

    private List<Entry> read(List<ByteString> keys) throws IOException {
        List<CompletableFuture<GetOutcome>> reads =
                keys.stream().map(key -> client.getAsync(key, request)).toList();
        List<Entry> entries = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            switch (reads.get(i).join()) {
                case GetOutcome.Found found -> {
                    entries.add(new Entry(keys.get(i), found.value()));
                    withSiblings += found.siblings().isEmpty() ? 0 : 1;
                }
                case GetOutcome.NotFound _ -> gone++;
                case GetOutcome.Failed(String reason, String message, boolean _) ->
                    throw new IOException(
                            "key " + KeyText.of(keys.get(i)) + " could not be read: " + reason + " (" + message + ")");
            }
        }
        return entries;
    }
}
