package io.kvcluster.node.seams.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.DiskFullException;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.SimClock;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentTest {
    private static final int LOOK_MILLIS = 60;

    @TempDir
    private Path directory;

    private final SimWorld world = new SimWorld(1);
    private final Clock real = new SimClock(world);
    private Path file;
    private Experiment experiment;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("faults");
        experiment = Experiment.watching(file, real);
        experiment.start(new SimLoop(world, "experiment", 8));
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
        world.runForMillis(LOOK_MILLIS);
    }

    private String applied() throws IOException {
        return Files.readString(directory.resolve("faults.applied"));
    }

    @Test
    void withoutAFileTheNodeIsHealthy() throws IOException {
        assertThat(experiment.clock().wallMillis()).isEqualTo(real.wallMillis());
        FileDisk files = new FileDisk(directory.resolve("data"));
        assertThat(experiment.disk(files).freeBytes()).isBetween(1L, files.totalBytes());
        assertThat(applied()).isEmpty();
    }

    @Test
    void aFaultHoldsSoonAfterItWasWrittenAndUntilTheFileIsGone() throws IOException {
        write("clock.offset-millis=1500");
        assertThat(experiment.clock().wallMillis()).isEqualTo(real.wallMillis() + 1500);
        assertThat(applied()).isEqualTo("clock.offset-millis=1500");

        Files.delete(file);
        world.runForMillis(LOOK_MILLIS);
        assertThat(experiment.clock().wallMillis()).isEqualTo(real.wallMillis());
        assertThat(applied()).isEmpty();
    }

    @Test
    void aDriftingClockIsRightWhenItBeginsAndOnlyItsWallTimeDrifts() throws IOException {
        write("clock.drift-ppm=1000");
        assertThat(experiment.clock().wallMillis() - real.wallMillis()).isBetween(0L, 1L);
        world.runForMillis(100_000);
        assertThat(experiment.clock().wallMillis() - real.wallMillis()).isBetween(100L, 101L);
        assertThat(experiment.clock().nanos()).isEqualTo(real.nanos());
    }

    @Test
    void aFullDiskRefusesFilesAndGrowthButNotWhatIsAllocated() throws IOException {
        Disk disk = experiment.disk(new FileDisk(directory.resolve("data")));
        try (Disk.DiskFile allocated = disk.create("allocated", 100)) {
            write("disk.free-bytes=10");
            assertThat(disk.freeBytes()).isEqualTo(10);
            allocated.write(ByteBuffer.allocate(100), 0);
            allocated.write(ByteBuffer.allocate(10), 100);
            assertThatThrownBy(() -> allocated.write(ByteBuffer.allocate(20), 105))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("experiment");
            assertThatThrownBy(() -> disk.create("more", 11)).isInstanceOf(DiskFullException.class);
            assertThat(disk.exists("more")).isFalse();
            disk.create("small", 10).close();

            write("");
            allocated.write(ByteBuffer.allocate(20), 105);
            disk.create("more", 11).close();
        }
    }

    @Test
    void aFileThatCannotBeUnderstoodChangesNothing() throws IOException {
        write("clock.offset-millis=7");
        write("clock.offset-millis=soon");
        assertThat(experiment.clock().wallMillis()).isEqualTo(real.wallMillis() + 7);
        assertThat(applied()).isEqualTo("clock.offset-millis=7");
        write("clock.offset-millis=8");
        assertThat(experiment.clock().wallMillis()).isEqualTo(real.wallMillis() + 8);
    }

    @Test
    void aNodeDoesNotStartWithAFileThatItDoesNotUnderstand() throws IOException {
        Files.writeString(file, "peers.cut=maybe");
        assertThatThrownBy(() -> Experiment.watching(file, real))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("peers.cut is \"maybe\"");
    }
}
