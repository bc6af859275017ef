package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.SimulatedDisk;
import io.kvcluster.node.storage.HintLog.AppendResult;
import io.kvcluster.node.storage.HintLog.Page;
import io.kvcluster.node.storage.HintLog.PageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hints outlive restarts and crashes, keep their order, end as a prefix, and are bounded. */
class HintLogTest {
    private static final long A = 0xaaaa_0000_0000_0001L;
    private static final long B = 0xbbbb_0000_0000_0002L;

    private SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(3));
    private SimulatedStore node;

    @BeforeEach
    void open() throws StoreException {
        node = SimulatedStore.ready(disk);
        awaitRecovered();
    }

    private void awaitRecovered() {
        node.environment.runUntil(() -> node.store.hints().report().recovered());
    }

    private void kill() throws StoreException {
        disk.processEnded();
        open();
    }

    private void powerCut() throws StoreException {
        disk = disk.afterPowerCut();
        open();
    }

    private AppendResult append(long target, int partition, String key, String record) {
        AtomicReference<AppendResult> result = new AtomicReference<>();
        node.store
                .hints()
                .append(target, partition, Key.of(key), record.getBytes(), 77, node.loop(partition), result::set);
        node.environment.runUntil(() -> result.get() != null);
        return result.get();
    }

    private PageResult page(long target, long after, int max) {
        AtomicReference<PageResult> result = new AtomicReference<>();
        node.store.hints().page(target, after, max, node.loops[1], result::set);
        node.environment.runUntil(() -> result.get() != null);
        return result.get();
    }

    private List<String> all(long target, int pageSize) {
        List<String> found = new ArrayList<>();
        long after = 0;
        while (true) {
            Page page = (Page) page(target, after, pageSize);
            assertThat(page.lost()).isEmpty();
            page.hints()
                    .forEach(hint -> found.add(hint.partition() + " " + hint.key() + "=" + new String(hint.record())));
            after = page.upTo();
            if (page.last()) {
                return found;
            }
        }
    }

    private void done(long target, long upTo) {
        boolean[] durable = {false};
        node.store.hints().done(target, upTo, node.loops[0], () -> durable[0] = true);
        node.environment.runUntil(() -> durable[0]);
    }

    private void fillALog() {
        for (int i = 0; i < 7; i++) {
            append(A, i % 4, "a" + i, "record " + i);
            append(B, i % 4, "b" + i, "record " + i);
            node.fillOther(1);
        }
    }

    @Test
    void hintsAreShownPerTargetInTheOrderInWhichTheyCame() {
        append(A, 1, "x", "1");
        append(B, 2, "y", "2");
        append(A, 3, "x", "3");

        assertThat(all(A, 1)).containsExactly("1 x=1", "3 x=3");
        assertThat(all(B, 100)).containsExactly("2 y=2");
        assertThat(all(77, 100)).isEmpty();
        HintLog.Target of = node.store.hints().report().targets().get(A);
        assertThat(of.hints()).isEqualTo(2);
        assertThat(of.oldestHlc()).isEqualTo(77);
        assertThat(of.bytes()).isEqualTo(2 * LogFormat.size(LogPayload.HINT_FIXED + 2));
        assertThat(node.store.hints().report().hints()).isEqualTo(3);
        assertThat(node.store.hints().report().bytes()).isEqualTo(of.bytes() * 3 / 2);
    }

    @Test
    void theyAreFoundAgainAfterAnOrderlyEndAKillAndAPowerCutInAnySegment() throws StoreException {
        fillALog();
        List<String> a = all(A, 3);
        assertThat(a).hasSize(7);
        HintLog.Report before = node.store.hints().report();

        node.close();
        kill();
        assertThat(node.store.recovery().clean()).isTrue();
        assertThat(all(A, 3)).isEqualTo(a);
        assertThat(node.store.hints().report()).isEqualTo(before);

        kill();
        assertThat(all(A, 100)).isEqualTo(a);
        powerCut();
        assertThat(all(A, 1)).isEqualTo(a);
        assertThat(all(B, 1)).hasSize(7);
        assertThat(node.store.hints().report()).isEqualTo(before);
    }

    @Test
    void whatIsDoneStaysDoneAndLaterHintsStay() throws StoreException {
        fillALog();
        Page page = (Page) page(A, 0, 5);
        done(A, page.upTo());
        append(A, 0, "later", "8");

        List<String> rest = List.of("1 a5=record 5", "2 a6=record 6", "0 later=8");
        assertThat(all(A, 2)).isEqualTo(rest);
        assertThat(all(B, 9)).hasSize(7);
        powerCut();
        assertThat(all(A, 2)).isEqualTo(rest);
        assertThat(node.store.hints().report().targets().get(A).hints()).isEqualTo(3);
    }

    @Test
    void aDroppedTargetHasNoHintsUntilNewOnesCome() throws StoreException {
        fillALog();
        boolean[] dropped = {false};
        node.store.hints().drop(A, node.loops[0], () -> dropped[0] = true);
        node.environment.runUntil(() -> dropped[0]);
        assertThat(all(A, 10)).isEmpty();
        append(A, 0, "new", "1");
        kill();

        assertThat(all(A, 10)).containsExactly("0 new=1");
        assertThat(node.store.hints().report().targets().keySet()).containsExactlyInAnyOrder(A, B);
        done(A, Long.MAX_VALUE);
        done(A, Long.MAX_VALUE);
        assertThat(node.store.hints().report().targets().keySet()).containsExactly(B);
    }

    @Test
    void aBoundRefusesWritesNothingAndHoldsAfterARestart() throws StoreException {
        for (int i = 0; i < 20; i++) {
            assertThat(append(A, 0, "a" + i, "r")).isInstanceOf(AppendResult.Kept.class);
        }
        assertThat(append(A, 0, "more", "r")).isEqualTo(new AppendResult.Full("targetHints 20"));
        for (int i = 0; i < 10; i++) {
            assertThat(append(B, 0, "b" + i, "r")).isInstanceOf(AppendResult.Kept.class);
        }
        assertThat(append(B, 0, "more", "r")).isEqualTo(new AppendResult.Full("totalHints 30"));

        kill();
        assertThat(append(B, 0, "more", "r")).isEqualTo(new AppendResult.Full("totalHints 30"));
        assertThat(all(A, 7)).hasSize(20);
        done(A, ((Page) page(A, 0, 1)).upTo());
        assertThat(append(A, 0, "more", "r")).isInstanceOf(AppendResult.Kept.class);
    }

    @Test
    void bytesAreBoundedPerTargetAndInTotalAndSoAreThoseOnTheirWay() {
        List<AppendResult> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            node.store.hints().append(A, 0, Key.of("k"), new byte[2_000], 1, node.loops[0], results::add);
        }
        node.environment.runUntil(() -> results.size() == 20);
        assertThat(results.stream().filter(AppendResult.Kept.class::isInstance)).hasSize(8);
        assertThat(results.stream().filter(new AppendResult.Full("targetBytes 16384")::equals))
                .hasSize(12);
        for (int i = 0; i < 4; i++) {
            assertThat(append(B, 0, "k", "x".repeat(1_900))).isInstanceOf(AppendResult.Kept.class);
        }
        assertThat(append(B, 0, "k", "x".repeat(1_900))).isEqualTo(new AppendResult.Full("totalBytes 24576"));
    }

    @Test
    void aFullDiskRefusesAHintAndTheBoundIsNotUsedUp() {
        disk.capacity(disk.totalBytes() - disk.freeBytes());
        node.environment.runFor(2_000_000_000);
        for (int i = 0; i < 30; i++) {
            assertThat(append(A, 0, "k", "r")).isEqualTo(new AppendResult.Refused(RecordStore.Refusal.DISK_FULL));
        }
        disk.capacity(Long.MAX_VALUE / 4);
        node.environment.runFor(2_000_000_000);
        assertThat(append(A, 0, "k", "r")).isInstanceOf(AppendResult.Kept.class);
        assertThat(node.store.hints().report().hints()).isEqualTo(1);
    }

    @Test
    void aDamagedHintIsNamedByItsPartitionAndTheOthersAreShown() {
        append(A, 1, "x", "whole");
        AppendResult.Kept damaged = (AppendResult.Kept) append(A, 2, "x", "to be damaged");
        append(A, 3, "x", "whole too");
        byte[] log = disk.content(SegmentFile.name(1));
        int at = new String(log, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("to be damaged");
        disk.flip(SegmentFile.name(1), at, 1);

        Page page = (Page) page(A, 0, 10);
        assertThat(page.hints()).extracting(HintLog.Hint::partition).containsExactly(1, 3);
        assertThat(page.lost()).containsExactly(2);
        assertThat(page.upTo()).isGreaterThan(damaged.id());
    }

    @Test
    void pagesEndAtTheirBytesAndLimitsAreChecked() throws StoreException {
        assertThatThrownBy(() -> node.store.hints().page(A, 0, 0, node.loops[0], page -> {}))
                .hasMessage("maxHints 0: 1..10000 are allowed");
        assertThatThrownBy(() -> new HintBounds(0, 1, 1, 1)).hasMessageContaining("hints.targetHints 0");
    }

    @Test
    void hintsAreNeitherRecordsNorKeys() throws StoreException {
        fillALog();
        kill();
        for (int partition = 0; partition < 4; partition++) {
            assertThat(node.keys(partition, 100)).noneMatch(key -> key.matches("[ab]\\d"));
        }
    }
}
