package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.LockedException;
import io.kvcluster.node.storage.FailureRecord.Failures;
import io.kvcluster.node.storage.RecoveredLog.Damage;
import io.kvcluster.node.storage.StoreException.Kind;
import io.kvcluster.node.storage.StoreFiles.IncarnationFile;
import io.kvcluster.node.storage.StoreFiles.SessionFile;
import io.kvcluster.node.storage.StoreFiles.StoreFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a directory to a store that may answer, in the order of the design: lock, store.json, log, incarnation; the index follows
 * in the background. Each step is durable before the next begins, so that it may end anywhere and start again.
 */
final class StoreOpening {
    private static final Logger log = LoggerFactory.getLogger(StoreOpening.class);

    private final StoreConfig config;
    private final Environment environment;
    private final Disk disk;

    StoreOpening(StoreConfig config, Environment environment) {
        this.config = config;
        this.environment = environment;
        this.disk = environment.disk();
    }

    /** What a store starts with. */
    record Opened(
            AutoCloseable lock,
            StoreFile file,
            StoreIdentity identity,
            RecoveredLog log,
            Optional<CleanMarker> marker,
            Suspects suspects,
            Watermarks.Saved watermarks,
            Watermarks.Saved copies,
            SegmentGaps gaps,
            RecoveryReport report) {
        long secret() {
            return Long.parseUnsignedLong(file.secret(), 16);
        }
    }

    Opened open() throws StoreException {
        AutoCloseable lock = lock();
        try {
            return open(lock);
        } catch (IOException failed) {
            unlock(lock);
            throw new StoreException(Kind.IO, "the data directory cannot be read or written: " + failed, failed);
        } catch (StoreException refused) {
            unlock(lock);
            throw refused;
        }
    }

    private AutoCloseable lock() throws StoreException {
        try {
            return disk.lock(StoreFiles.LOCK);
        } catch (LockedException held) {
            throw new StoreException(Kind.LOCKED, String.valueOf(held.getMessage()), held);
        } catch (IOException failed) {
            throw new StoreException(Kind.IO, "the data directory cannot be locked: " + failed, failed);
        }
    }

    static void unlock(AutoCloseable lock) {
        try {
            lock.close();
        } catch (Exception ignored) {
            log.warn("The data directory's lock could not be given back; it ends with the process", ignored);
        }
    }

    private Opened open(AutoCloseable lock) throws IOException, StoreException {
        long began = environment.clock().nanos();
        Retirement.finishInterrupted(disk);
        refuseFailed();
        StoreFile file = storeFile();
        IncarnationFile before = incarnation(file);
        Optional<CleanMarker> marker = marker(before);
        RecoveredLog recovered = recoverLog(file, before, marker);
        IncarnationFile now = nextIncarnation(before, recovered, marker);
        Suspects suspects = suspects(recovered);
        Watermarks.Saved watermarks = Watermarks.read(disk, Watermarks.NAME);
        Watermarks.Saved copies = Watermarks.read(disk, Watermarks.COPIES);
        SmallFile.delete(disk, CleanMarker.NAME);
        SmallFile.write(
                disk,
                StoreFiles.SESSION,
                new SessionFile(environment.bootId(), config.durability() instanceof Durability.Periodic));
        Optional<CleanMarker> usable = recovered.clean() ? marker : Optional.empty();
        IndexFiles.removeAllBut(disk, usable.map(CleanMarker::indexes).orElse(List.of()));
        RecoveryReport report = new RecoveryReport(
                recovered.clean(),
                recovered.lastLsn(),
                recovered.tail().copied(),
                recovered.tail().lost(),
                (int) recovered.damages().stream()
                        .mapToInt(Damage::segment)
                        .distinct()
                        .count(),
                suspects.size(),
                usable.isPresent() && !usable.get().indexes().isEmpty(),
                (environment.clock().nanos() - began) / 1_000_000);
        StoreIdentity identity =
                new StoreIdentity(Long.parseUnsignedLong(file.storeId(), 16), now.incarnation(), file.clusterId());
        log.info("Store {} opened: {}", identity, report);
        return new Opened(
                lock, file, identity, recovered, usable, suspects, watermarks, copies, SegmentGaps.read(disk), report);
    }

    private void refuseFailed() throws IOException, StoreException {
        Failures failures = FailureRecord.read(disk);
        if (failures.failed()) {
            throw new StoreException(
                    Kind.FAILED,
                    "the disk failed " + failures.atMillis().size() + " times within an hour (last: "
                            + failures.lastWhy() + "): this store must be replaced");
        }
    }

    private StoreFile storeFile() throws IOException, StoreException {
        Optional<StoreFile> found = SmallFile.read(disk, StoreFiles.STORE, StoreFile.class);
        if (found.isEmpty()) {
            return newStore();
        }
        StoreFile file = found.get();
        if (file.formatVersion() > StoreFiles.FORMAT) {
            throw StoreException.newerFormat(StoreFiles.STORE, file.formatVersion(), StoreFiles.FORMAT);
        }
        if (file.partitions() != config.partitions()) {
            throw new StoreException(
                    Kind.DAMAGED,
                    "partitions " + config.partitions() + ": this store was made with " + file.partitions()
                            + ", and the number of partitions never changes");
        }
        return file;
    }

    private StoreFile newStore() throws IOException, StoreException {
        if (!disk.list(SegmentFile.DIRECTORY).isEmpty() || disk.exists(StoreFiles.INCARNATION)) {
            throw new StoreException(
                    Kind.DAMAGED, StoreFiles.STORE + " is missing though this directory holds a store's other files");
        }
        RandomGenerator random = environment.newRandom("store identity");
        long storeId = random.nextLong();
        while (storeId == 0) {
            storeId = random.nextLong();
        }
        StoreFile file = new StoreFile(
                StoreFiles.FORMAT,
                StoreIdentity.text(storeId),
                "",
                StoreIdentity.text(random.nextLong()),
                config.partitions());
        SmallFile.write(disk, StoreFiles.STORE, file);
        return file;
    }

    private IncarnationFile incarnation(StoreFile file) throws IOException, StoreException {
        boolean hasLog = disk.list(SegmentFile.DIRECTORY).stream().anyMatch(name -> SegmentFile.number(name) > 0);
        Optional<IncarnationFile> found = SmallFile.read(disk, StoreFiles.INCARNATION, IncarnationFile.class);
        if (found.isEmpty()) {
            if (hasLog) {
                throw new StoreException(
                        Kind.DAMAGED,
                        StoreFiles.INCARNATION + " of store " + file.storeId()
                                + " is missing: stamps could be given twice");
            }
            IncarnationFile first = new IncarnationFile(1, false);
            SmallFile.write(disk, StoreFiles.INCARNATION, first);
            return first;
        }
        if (found.get().logBegun() && !hasLog) {
            throw new StoreException(Kind.DAMAGED, "the log of store " + file.storeId() + " is missing");
        }
        return found.get();
    }

    /** A marker that cannot be read is no marker. */
    private Optional<CleanMarker> marker(IncarnationFile now) throws IOException {
        try {
            return SmallFile.read(disk, CleanMarker.NAME, CleanMarker.class)
                    .filter(marker ->
                            marker.incarnation() == now.incarnation() && marker.partitions() == config.partitions());
        } catch (StoreException damaged) {
            log.warn("The last end counts as unclean: {}", damaged.getMessage());
            return Optional.empty();
        }
    }

    private RecoveredLog recoverLog(StoreFile file, IncarnationFile incarnation, Optional<CleanMarker> marker)
            throws IOException, StoreException {
        return new LogRecovery(
                        disk,
                        Long.parseUnsignedLong(file.secret(), 16),
                        Long.parseUnsignedLong(file.storeId(), 16),
                        incarnation.incarnation(),
                        config.segmentBytes())
                .recover(marker);
    }

    /**
     * After an unclean end a new one: a stamp that was lost with the tail must not be given again. After an end that forgot a
     * stamped write as well: the contexts of this actor would cover it.
     */
    private IncarnationFile nextIncarnation(
            IncarnationFile before, RecoveredLog recovered, Optional<CleanMarker> marker) throws IOException {
        boolean knowsItsStamps = recovered.clean()
                && marker.map(CleanMarker::forgot).filter(Boolean::booleanValue).isEmpty();
        if (knowsItsStamps && before.logBegun()) {
            return before;
        }
        IncarnationFile next =
                new IncarnationFile(knowsItsStamps ? before.incarnation() : before.incarnation() + 1, true);
        SmallFile.write(disk, StoreFiles.INCARNATION, next);
        return next;
    }

    private Suspects suspects(RecoveredLog recovered) throws IOException, StoreException {
        Suspects suspects = Suspects.read(disk, config.partitions());
        suspects.add(recovered.damages());
        Optional<SessionFile> last = SmallFile.read(disk, StoreFiles.SESSION, SessionFile.class);
        boolean samePower = last.isPresent()
                && !last.get().bootId().isEmpty()
                && last.get().bootId().equals(environment.bootId());
        if (!recovered.clean() && last.isPresent() && last.get().periodic() && !samePower) {
            log.warn(
                    "The machine restarted while writes were acknowledged before their fsync: all partitions are suspect");
            suspects.addAll();
        }
        return suspects;
    }
}
