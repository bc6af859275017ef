package io.kvcluster.node.seams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.seams.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of production on a real directory; what the simulated one imitates. */
class FileDiskTest {
    @TempDir
    private Path directory;

    private FileDisk disk;

    @BeforeEach
    void open() throws IOException {
        disk = new FileDisk(directory.resolve("data"));
    }

    private static String text(DiskFile file, int position, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        int read = file.read(into, position);
        return new String(into.array(), 0, read);
    }

    @Test
    void aNewFileIsZeroFilledAndKeepsWhatIsWritten() throws IOException {
        try (DiskFile file = disk.create("a", 3_000_000)) {
            assertThat(file.length()).isEqualTo(3_000_000);
            assertThat(text(file, 2_999_999, 10)).isEqualTo("\0");
            file.write(ByteBuffer.wrap("hello".getBytes()), 2_500_000);
            file.force();
            assertThatThrownBy(() -> disk.create("a", 1)).isInstanceOf(FileAlreadyExistsException.class);
        }
        try (DiskFile file = disk.open("a")) {
            assertThat(text(file, 2_500_000, 5)).isEqualTo("hello");
            file.truncate(2_500_002);
            assertThat(text(file, 2_500_000, 5)).isEqualTo("he");
            assertThat(file.read(ByteBuffer.allocate(5), 9_000_000)).isZero();
        }
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void directoriesAreListedRenamedAndRemovedWhole() throws IOException {
        disk.makeDirectory("x/y");
        disk.makeDirectory("x/y");
        disk.create("x/y/b", 0).close();
        disk.create("x/y/a", 0).close();
        disk.syncDirectory("x/y");
        disk.syncDirectory("");
        assertThat(disk.list("x/y")).containsExactly("a", "b");
        assertThat(disk.list("absent")).isEmpty();

        disk.rename("x/y/a", "x/y/b");
        disk.rename("x", "z");
        assertThat(disk.exists("x")).isFalse();
        assertThat(disk.list("z/y")).containsExactly("b");
        disk.delete("z");
        disk.delete("z");
        assertThat(disk.list("")).isEmpty();
    }

    @Test
    void theLockIsHeldOnceUntilItIsClosed() throws Exception {
        AutoCloseable held = disk.lock("lock");
        assertThatThrownBy(() -> disk.lock("lock"))
                .isInstanceOf(LockedException.class)
                .hasMessageContaining("another process holds")
                .hasMessageContaining("lock");
        held.close();
        disk.lock("lock").close();
    }

    @Test
    void namesStayInsideTheDirectory() {
        assertThatThrownBy(() -> disk.path("../outside")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> disk.open("/etc/hostname")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void spaceIsKnown() throws IOException {
        assertThat(disk.freeBytes()).isPositive().isLessThanOrEqualTo(disk.totalBytes());
    }
}
