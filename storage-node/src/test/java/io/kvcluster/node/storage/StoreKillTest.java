package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.node.storage.RecordStore.Lookup;
import io.kvcluster.node.storage.RecordStore.ReadResult;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writing process killed with -9 at random moments, real files, MapDB: every acknowledged version is there afterwards, each
 * value is what was written. {@code -Dkills=100} (make torture) for the long run.
 */
class StoreKillTest {
    private static final int KILLS = Integer.getInteger("kills", 15);
    private static final int MAX_LINES_BEFORE_KILL = 2_000;

    @TempDir
    private Path directory;

    private final SplittableRandom random = new SplittableRandom();
    private final int[] acknowledged = new int[KilledWriter.KEYS];
    private int issuedBelow = 1;
    private int incarnation;

    @Test
    void everyAcknowledgedWriteOutlivesKillsAtRandomMoments() throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            int lines = writeUntilKilled();
            verify();
            System.out.printf("kill -9 %d of %d: %d acknowledged, all there%n", kill, KILLS, lines);
        }
    }

    /** Kills the writer while it says its n-th acknowledgement, or while it still opens the store. */
    private int writeUntilKilled() throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        directory.toString(),
                        Integer.toString(issuedBelow))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int killAt = random.nextInt(5) == 0 ? 1 : random.nextInt(MAX_LINES_BEFORE_KILL);
        int lines = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            String opened = out.readLine();
            assertThat(opened).as("the writer's first line").startsWith("open ");
            int now = Integer.parseInt(opened.split(" ")[1]);
            assertThat(now).as("incarnation after an orderly end").isEqualTo(Math.max(1, incarnation));
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                note(line);
                if (++lines == killAt) {
                    writer.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(writer.waitFor()).as("exit code of a killed process").isEqualTo(128 + 9);
        return lines;
    }

    private void note(String line) {
        String[] said = line.split(" ");
        int key = Integer.parseInt(said[0]);
        int version = Integer.parseInt(said[1]);
        acknowledged[key] = Math.max(acknowledged[key], version);
        issuedBelow = Math.max(issuedBelow, version + 1_000);
    }

    private void verify() throws Exception {
        FileDisk disk = new FileDisk(directory);
        try (SystemEnvironment environment = new SystemEnvironment(disk)) {
            Loop[] loops = {environment.newLoop("loop-0", 4_096), environment.newLoop("loop-1", 4_096)};
            Store store = Store.open(
                    KilledWriter.config(), environment, IndexFactory.mapDb(disk, 32L << 20), loops, StoreListener.NONE);
            assertThat(store.identity().incarnation())
                    .as("incarnation after a kill")
                    .isEqualTo(Math.max(1, incarnation) + 1);
            incarnation = store.identity().incarnation();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> store.report().indexReady());
            assertThat(store.report().suspectPartitions()).isZero();
            List<CompletableFuture<Void>> checks = new ArrayList<>();
            for (int key = 0; key < KilledWriter.KEYS; key++) {
                checks.add(check(store, loops, key));
            }
            CompletableFuture.allOf(checks.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            CountDownLatch closed = new CountDownLatch(1);
            store.close(closed::countDown);
            assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private CompletableFuture<Void> check(Store store, Loop[] loops, int key) {
        CompletableFuture<Void> checked = new CompletableFuture<>();
        int partition = key % KilledWriter.PARTITIONS;
        loops[partition % loops.length].post(() -> {
            Lookup lookup = store.lookup(partition, KilledWriter.key(key));
            switch (lookup) {
                case Lookup.Absent() ->
                    end(checked, () -> assertThat(acknowledged[key]).isZero());
                case Lookup.CannotSay(String why) -> checked.completeExceptionally(new AssertionError(why));
                case Lookup.Found found ->
                    store.read(
                            partition,
                            KilledWriter.key(key),
                            found.at(),
                            value -> end(checked, () -> matches(key, found, value)));
            }
        });
        return checked;
    }

    private void matches(int key, Lookup.Found found, ReadResult value) {
        int version = ByteBuffer.wrap(found.meta()).getInt();
        assertThat(version).as("version of key %d", key).isGreaterThanOrEqualTo(acknowledged[key]);
        assertThat(value)
                .isInstanceOfSatisfying(
                        ReadResult.Bytes.class,
                        bytes -> assertThat(bytes.record()).isEqualTo(KilledWriter.value(key, version)));
    }

    private static void end(CompletableFuture<Void> checked, Runnable assertion) {
        try {
            assertion.run();
            checked.complete(null);
        } catch (AssertionError wrong) {
            checked.completeExceptionally(wrong);
        }
    }
}
