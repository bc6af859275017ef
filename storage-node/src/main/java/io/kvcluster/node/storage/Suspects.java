package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.storage.RecoveredLog.Damage;
import java.io.IOException;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that lost records which nobody can name, kept across restarts. Damage that was found before and whose suspicion
 * was ended since does not come back when the same segment is read again. One owner changes it (the opener, then the log's
 * loop); any thread reads what it published.
 */
final class Suspects {
    static final String NAME = "suspects";
    private static final Logger log = LoggerFactory.getLogger(Suspects.class);

    private final Disk disk;
    private final int partitions;
    private final Map<Integer, Long> knownDamage;
    private volatile BitSet published;
    private volatile boolean saved = true;
    private volatile long lostRecords;

    /** @param damage segment number to records that are missing, -1 for all */
    record Saved(List<Integer> partitions, Map<Integer, Long> damage) {
        Saved {
            partitions = List.copyOf(partitions);
            damage = Map.copyOf(damage);
        }
    }

    private Suspects(Disk disk, int partitions, Saved saved) {
        this.disk = disk;
        this.partitions = partitions;
        this.knownDamage = new TreeMap<>(saved.damage);
        BitSet suspects = new BitSet();
        saved.partitions.forEach(suspects::set);
        this.published = suspects;
        this.lostRecords = count();
    }

    static Suspects read(Disk disk, int partitions) throws IOException, StoreException {
        Saved saved = SmallFile.read(disk, NAME, Saved.class).orElse(new Saved(List.of(), Map.of()));
        return new Suspects(disk, partitions, saved);
    }

    boolean contains(int partition) {
        return published.get(partition);
    }

    int size() {
        return published.cardinality();
    }

    /** Records that were durable and are lost, as far as they can be counted. */
    long lostRecords() {
        return lostRecords;
    }

    /** False when the disk refused to remember: then the store must not end as clean. */
    boolean saved() {
        return saved;
    }

    /** New damage makes all partitions suspect: a record that is not there does not tell whose it was. */
    void add(Collection<Damage> damages) {
        boolean news = false;
        for (Damage damage : damages) {
            long records = damage.records() == 0 ? -1 : damage.records();
            Long known = knownDamage.get(damage.segment());
            if (known == null || (known != -1 && (records == -1 || records > known))) {
                log.error(
                        "Segment {}: {} ({} records); all partitions are suspect",
                        damage.segment(),
                        damage.what(),
                        records);
                knownDamage.put(damage.segment(), records);
                news = true;
            }
        }
        if (news) {
            addAll();
        }
    }

    void addAll() {
        BitSet all = new BitSet();
        all.set(0, partitions);
        change(all);
    }

    void add(int partition) {
        BitSet more = (BitSet) published.clone();
        more.set(partition);
        change(more);
    }

    void remove(int partition) {
        BitSet rest = (BitSet) published.clone();
        rest.clear(partition);
        change(rest);
    }

    private void change(BitSet suspects) {
        published = suspects;
        lostRecords = count();
        try {
            SmallFile.write(
                    disk,
                    NAME,
                    new Saved(IntStream.of(suspects.stream().toArray()).boxed().toList(), knownDamage));
            saved = true;
        } catch (IOException failed) {
            saved = false;
            log.error("Suspect partitions could not be saved; an unclean end will find the damage again", failed);
        }
    }

    private long count() {
        return knownDamage.values().stream()
                .mapToLong(records -> Math.max(records, 0))
                .sum();
    }
}
