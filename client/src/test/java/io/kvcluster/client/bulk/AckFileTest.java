package io.kvcluster.client.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AckFileTest {
    private static final ByteString TEXT = ByteString.copyFromUtf8("k\"1");
    private static final ByteString BINARY = ByteString.copyFrom(new byte[] {(byte) 0xff, 0});
    private static final String A = Sha256.of(ByteString.copyFromUtf8("a"));
    private static final String B = Sha256.of(ByteString.copyFromUtf8("b"));
    private static final String C = Sha256.of(ByteString.copyFromUtf8("c"));

    @TempDir
    private Path directory;

    @Test
    void theLastAcknowledgementOfAKeyCountsAndUnknownPutsAreAllowed() throws IOException {
        Path file = directory.resolve("acked");
        try (AckLog log = AckLog.open(file, false)) {
            log.acknowledged(TEXT, 1, A);
            log.acknowledged(BINARY, 2, A);
            log.acknowledged(TEXT, 3, B);
            log.unknown(TEXT, C, "TIMEOUT");
        }
        AckFile read = AckFile.read(file);
        assertThat(read.keys()).containsOnlyKeys(BINARY, TEXT);
        AckFile.Expected expected = read.keys().get(TEXT);
        assertThat(expected.version()).isEqualTo(3);
        assertThat(expected.allows(A)).isFalse();
        assertThat(expected.allows(B)).isTrue();
        assertThat(expected.allows(C)).isTrue();
    }

    @Test
    void aTornLastLineIsNoAcknowledgementAndARunGoesOnAfterIt() throws IOException {
        Path file = directory.resolve("acked");
        try (AckLog log = AckLog.open(file, false)) {
            log.acknowledged(TEXT, 1, A);
        }
        Files.writeString(file, "{\"key\":\"torn\"", StandardOpenOption.APPEND);
        assertThat(AckFile.read(file).keys()).containsOnlyKeys(TEXT);
        try (AckLog log = AckLog.open(file, true)) {
            log.acknowledged(BINARY, 2, B);
        }
        assertThat(AckFile.read(file).keys()).containsOnlyKeys(TEXT, BINARY);
    }

    @Test
    void anotherKindOfFileIsRefusedAtItsLine() throws IOException {
        Path file = Files.writeString(directory.resolve("acked"), "{\"key\":\"k\",\"sha256\":\"short\"}\nx\n");
        assertThatThrownBy(() -> AckFile.read(file))
                .hasMessageContaining("line 1")
                .hasMessageContaining("sha256");
    }

    @Test
    void anExistingFileIsOnlyOpenedToResume() throws IOException {
        Path file = Files.createFile(directory.resolve("acked"));
        assertThatThrownBy(() -> AckLog.open(file, false)).isInstanceOf(FileAlreadyExistsException.class);
    }
}
