package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Disk.DiskFile;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Environment.Worker;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.RecordStore.Refusal;
import io.kvcluster.node.storage.RecoveredLog.Sealed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log thread's work. Each turn takes what is queued, writes it as one group, makes it durable with one fsync and posts the
 * ends back, one post per owner. Everything in a segment is durable before the next one gets its name. Runs on its own loop; an
 * I/O error halts the process, because after a failed fsync nobody knows what is on disk and a second one may lie.
 */
final class LogWriter {
    /** Exit code of a disk that fails: sysexits' EX_IOERR. */
    static final int EXIT_IO = 74;

    /** @param secret of {@link LogFormat}. @param sealed hears of each segment that is finished, on the log's loop */
    record Setup(
            StoreConfig config,
            Environment environment,
            Loop[] owners,
            Worker files,
            long secret,
            long storeId,
            int incarnation,
            Consumer<Sealed> sealed,
            StoreListener listener) {}

    private final Setup setup;
    private final StoreConfig config;
    private final Disk disk;
    private final Loop loop;
    private final LogInbox inbox;
    private final SegmentSupply supply;
    private final GroupBuffer group;
    private final int maxPayload;

    // Owned by the loop.
    private final List<Sealed> sealed;
    private SegmentFile active;
    private LogFormat format;
    private int position;
    private long nextLsn;
    private long writtenLsn;
    private long hlcFloor;
    private boolean unforced;
    private boolean markDue;
    private boolean busySinceTimer;
    private boolean stopped;
    private boolean copiesGivenUp;
    private @Nullable Runnable whenEmpty;
    private volatile boolean forgot;
    private final List<List<Runnable>> ends = new ArrayList<>();
    private final LogMeter meter;

    private volatile long durableLsn;
    private volatile boolean closing;
    private volatile LogReport report;
    private volatile Map<Integer, SegmentFile> files = Map.of();

    LogWriter(Setup setup, Loop loop, RecoveredLog log) throws IOException {
        this.setup = setup;
        this.config = setup.config;
        this.disk = setup.environment.disk();
        this.loop = loop;
        this.inbox = new LogInbox(config.queueRecords(), config.queueBytes());
        this.supply = new SegmentSupply(config, disk, setup.files, loop, this::fail, this::spaceChanged);
        this.group = new GroupBuffer(Math.min(config.groupBytes(), config.segmentBytes()) + GroupBuffer.HEAD_BYTES);
        this.maxPayload = Math.min(
                config.segmentBytes()
                        - SegmentHeader.BYTES
                        - GroupBuffer.HEAD_BYTES
                        - LogFormat.HEADER
                        - LogFormat.ALIGN,
                LogFormat.MAX_RECORD_BYTES - LogFormat.HEADER);
        this.sealed = new ArrayList<>(log.sealed());
        this.meter = new LogMeter(setup.listener, sealed);
        this.active = log.active();
        this.format = new LogFormat(setup.secret, active.number());
        this.position = log.position();
        this.nextLsn = log.lastLsn() + 1;
        this.writtenLsn = log.lastLsn();
        this.durableLsn = log.lastLsn();
        this.hlcFloor = log.hlcFloor();
        for (int i = 0; i < setup.owners.length; i++) {
            ends.add(new ArrayList<>());
        }
        publishFiles();
        supply.lookFirst();
        this.report = makeReport();
    }

    /** Starts the timers and the making of the next segment. On the loop. */
    void start() {
        supply.want(active.number() + 1);
        loop.after(TimeUnit.MILLISECONDS.toNanos(StoreConfig.IDLE_MARK_MILLIS), this::idleTimer);
        loop.after(TimeUnit.MILLISECONDS.toNanos(StoreConfig.DISK_CHECK_MILLIS), this::diskTimer);
        if (config.durability() instanceof Durability.Periodic(long millis)) {
            loop.after(TimeUnit.MILLISECONDS.toNanos(millis), () -> periodicTimer(millis));
        }
    }

    /** Queues it and calls the log, or tells why not, and then {@code entry.end} hears nothing. Any thread. */
    Optional<Refusal> append(LogEntry entry) {
        Optional<Refusal> refusal = offer(entry);
        if (refusal.isEmpty()) {
            call();
        }
        return refusal;
    }

    /** As {@link #append} for who will {@link #call} the log once for several. Any thread. */
    Optional<Refusal> offer(LogEntry entry) {
        if (closing) {
            return Optional.of(Refusal.FAILED);
        }
        int mayBecome = entry.type() == RecordType.REWRITTEN ? 0 : LogPayload.REWRITTEN_FIXED;
        if (entry.payloadBytes() + mayBecome > maxPayload) {
            return Optional.of(Refusal.TOO_LARGE);
        }
        if (supply.full() && entry.refusable()) {
            return Optional.of(Refusal.DISK_FULL);
        }
        if (!inbox.offer(entry, !entry.refusable())) {
            return Optional.of(Refusal.OVERLOADED);
        }
        return Optional.empty();
    }

    /** The greatest LSN that is durable. Any thread. */
    long durableLsn() {
        return durableLsn;
    }

    /** Any thread. */
    Optional<SegmentFile> segment(int number) {
        return Optional.ofNullable(files.get(number));
    }

    LogReport report() {
        return report;
    }

    int depth() {
        return inbox.depth();
    }

    /** On the loop. */
    LogView view() {
        return new LogView(sealed, new Sealed(active, writtenLsn, position));
    }

    /** New segments cannot be made for writes. Any thread. */
    boolean shortOfSpace() {
        return supply.full() || supply.starved();
    }

    /**
     * Takes a sealed segment out of the log: who looks from now on does not see it. Everything that was written is durable then, so
     * that a record is never removed for a copy that a power cut takes back. On the loop.
     *
     * @return what recovery has to know of it
     */
    SegmentGaps remove(Sealed removed, SegmentGaps gaps) {
        try {
            force();
        } catch (IOException failed) {
            fail(failed);
        }
        int index = sealed.indexOf(removed);
        Invariant.check(index >= 0, "a segment is removed once");
        SegmentGaps now = gaps.with(index == 0 ? null : sealed.get(index - 1), removed, hlcFloor);
        sealed.remove(index);
        meter.removed(removed.end());
        publishFiles();
        report = makeReport();
        return now;
    }

    /** Space was given back. On the loop. */
    void lookAtDisk() {
        supply.look();
    }

    /** Takes no more, writes what is queued, forces it, then runs {@code done} on the loop. Any thread. */
    void close(Runnable done) {
        closing = true;
        loop.post(() -> {
            whenEmpty = done;
            turn();
        });
    }

    /** Something waits. Any thread. */
    void call() {
        if (inbox.shouldCall()) {
            loop.post(this::turn);
        }
    }

    private void turn() {
        inbox.called();
        if (stopped) {
            return;
        }
        try {
            LogEntry first = inbox.peek();
            if (first == null) {
                finish();
            } else if (hasRoomFor(first) || rotate()) {
                writeGroup();
                again();
            } else {
                refuseWhileFull();
            }
        } catch (IOException failed) {
            fail(failed);
        }
    }

    private void again() {
        if (!inbox.isEmpty() || whenEmpty != null) {
            call();
        }
    }

    private void finish() throws IOException {
        if (whenEmpty == null) {
            return;
        }
        force();
        stopped = true;
        report = makeReport();
        whenEmpty.run();
    }

    private boolean hasRoomFor(LogEntry entry) {
        return position + GroupBuffer.HEAD_BYTES + LogFormat.size(entry.payloadBytes()) <= config.segmentBytes();
    }

    private void writeGroup() throws IOException {
        group.begin(position);
        int count = 0;
        LogEntry entry = inbox.peek();
        while (entry != null && joins(entry)) {
            inbox.take();
            hlcFloor = Math.max(hlcFloor, entry.hlc());
            Head head = group.add(
                    format,
                    entry.type(),
                    entry.partition(),
                    nextLsn++,
                    entry.hlc(),
                    entry.payloadBytes(),
                    entry::putPayload);
            LogEntry.End end = entry.end();
            ends.get(entry.owner()).add(() -> end.durable(head));
            markDue = entry.type() != RecordType.IDLE_MARK;
            count++;
            entry = inbox.peek();
        }
        write(group.finish(format, durableLsn, hlcFloor));
        meter.group(count);
        if (config.durability() instanceof Durability.Fsync) {
            force();
        }
        postEnds();
        busySinceTimer = true;
    }

    private boolean joins(LogEntry entry) {
        int bytes = group.bytes() + LogFormat.size(entry.payloadBytes());
        return group.isEmpty() || (group.hasRoomFor(entry.payloadBytes()) && position + bytes <= config.segmentBytes());
    }

    private void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        active.file().write(bytes, position);
        position += length;
        meter.appended(length);
        writtenLsn = nextLsn - 1;
        unforced = true;
    }

    private void force() throws IOException {
        if (!unforced) {
            return;
        }
        long before = setup.environment.clock().nanos();
        active.file().force();
        long now = setup.environment.clock().nanos();
        meter.fsync(now - before);
        unforced = false;
        durableLsn = writtenLsn;
        if (meter.isDue(now)) {
            report = makeReport();
        }
    }

    private void postEnds() {
        for (int owner = 0; owner < ends.size(); owner++) {
            List<Runnable> ended = ends.get(owner);
            if (!ended.isEmpty()) {
                ends.set(owner, new ArrayList<>(ended.size()));
                setup.owners[owner].post(() -> ended.forEach(Runnable::run));
            }
        }
    }

    /** False when the next segment is not there yet. */
    private boolean rotate() throws IOException {
        DiskFile next = supply.take();
        if (next == null) {
            return false;
        }
        force();
        int number = active.number() + 1;
        SegmentHeader header = new SegmentHeader(
                setup.storeId, number, active.number(), position, nextLsn, durableLsn, hlcFloor, setup.incarnation);
        next.write(header.encode(), 0);
        next.force();
        SegmentFile.publish(disk, SegmentSupply.temporary(number), number);
        Sealed finished = new Sealed(active, nextLsn - 1, position);
        sealed.add(finished);
        meter.sealed(position);
        active = new SegmentFile(number, nextLsn, next);
        format = new LogFormat(setup.secret, number);
        position = SegmentHeader.BYTES;
        publishFiles();
        supply.want(number + 1);
        setup.sealed.accept(finished);
        return true;
    }

    /**
     * Nothing that waits was written, so "not applied" is true. What is not refused waits in its order; when a copy is among it the
     * segment may come out of the reserve, also if something else is first: compaction is what makes space for both.
     */
    private void refuseWhileFull() {
        if (!shortOfSpace() && whenEmpty == null) {
            return;
        }
        Refusal why = shortOfSpace() ? Refusal.DISK_FULL : Refusal.FAILED;
        boolean reserveToo = false;
        for (int waiting = inbox.depth(); waiting > 0 && !inbox.isEmpty(); waiting--) {
            LogEntry entry = inbox.take();
            if (isRefusedNow(entry)) {
                LogEntry.End end = entry.end();
                ends.get(entry.owner()).add(() -> end.refused(why));
                forgot |= !entry.isCopy();
            } else {
                reserveToo |= entry.isCopy();
                inbox.offer(entry, true);
            }
        }
        supply.mayUseReserve(reserveToo);
        postEnds();
        if (inbox.isEmpty()) {
            again();
        }
    }

    private boolean isRefusedNow(LogEntry entry) {
        return entry.refusable() || whenEmpty != null || (copiesGivenUp && entry.isCopy());
    }

    /** From now on copies that wait for space are refused: nobody gives any back for them. On the loop. */
    void giveUpCopies() {
        copiesGivenUp = true;
        call();
    }

    /** Whether an append that had been taken was refused, a partition dropped, or a damaged record given up in this life. Any thread. */
    boolean forgot() {
        return forgot;
    }

    /** Any thread. */
    void forgets() {
        forgot = true;
    }

    private void publishFiles() {
        Map<Integer, SegmentFile> all = new HashMap<>();
        sealed.forEach(each -> all.put(each.number(), each.segment()));
        all.put(active.number(), active);
        files = all;
    }

    private void spaceChanged() {
        report = makeReport();
        call();
    }

    /** After work the durable LSN on disk is one group old; an idle log says that the last group is durable too. */
    private void idleTimer() {
        if (stopped || closing) {
            return;
        }
        if (!busySinceTimer && markDue && !unforced && inbox.isEmpty()) {
            LogEntry mark = LogEntry.of(RecordType.IDLE_MARK, 0, 0, 0, LogEntry.NOTHING, IGNORED);
            if (hasRoomFor(mark)) {
                inbox.offer(mark, true);
                call();
            }
        }
        busySinceTimer = false;
        loop.after(TimeUnit.MILLISECONDS.toNanos(StoreConfig.IDLE_MARK_MILLIS), this::idleTimer);
    }

    private void diskTimer() {
        if (stopped) {
            return;
        }
        supply.look();
        loop.after(TimeUnit.MILLISECONDS.toNanos(StoreConfig.DISK_CHECK_MILLIS), this::diskTimer);
    }

    private void periodicTimer(long millis) {
        if (stopped) {
            return;
        }
        try {
            force();
            loop.after(TimeUnit.MILLISECONDS.toNanos(millis), () -> periodicTimer(millis));
        } catch (IOException failed) {
            fail(failed);
        }
    }

    /** Any I/O error of the log. On the loop. Nothing that waits is answered: the process ends. */
    private void fail(IOException failed) {
        stopped = true;
        closing = true;
        String why = "the log's disk failed: " + failed;
        try {
            FailureRecord.note(disk, setup.environment.clock().wallMillis(), why);
        } catch (IOException | StoreException alsoFailed) {
            why += "; and it could not be noted: " + alsoFailed;
        }
        setup.environment.halt(EXIT_IO, why);
    }

    private LogReport makeReport() {
        return meter.report(sealed.size() + 1, position, supply);
    }

    private static final LogEntry.End IGNORED = new LogEntry.End() {
        @Override
        public void durable(Head head) {}

        @Override
        public void refused(Refusal why) {}
    };
}
