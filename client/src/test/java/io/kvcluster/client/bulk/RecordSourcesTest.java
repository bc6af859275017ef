package io.kvcluster.client.bulk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSourcesTest {
    @Test
    void jsonLinesAreTextOrBase64() throws IOException {
        assertThat(read(InputFormat.JSON_LINES, """
                        {"key": "a", "value": "ü"}

                        {"key": "/w==", "keyEncoding": "base64", "value": "AP8=", "encoding": "base64"}
                        {"key": "b", "value": ""}"""))
                .containsExactly(
                        new Entry(ByteString.copyFromUtf8("a"), ByteString.copyFromUtf8("ü")),
                        new Entry(bytes(0xff), bytes(0, 0xff)),
                        new Entry(ByteString.copyFromUtf8("b"), ByteString.EMPTY));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"key\": 1, \"value\": \"v\"}                             | field \"key\" must be a string",
                "{\"key\": \"k\"}                                           | field \"value\" must be a string",
                "{\"key\": \"k\", \"value\": \"v\", \"encoding\": \"hex\"}  | must be \"text\" or \"base64\"",
                "{\"key\": \"k\", \"value\": \"!\", \"encoding\": \"base64\"} | is not base64",
                "key,value                                                  | Unrecognized token"
            })
    void aBrokenLineIsNamed(String line, String problem) {
        assertThatThrownBy(() -> read(InputFormat.JSON_LINES, "{\"key\": \"k\", \"value\": \"v\"}\n" + line + "\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining(problem);
    }

    @Test
    void stanzasKeepTheirBytesAndTakeTheirNamesFromThreeFields() throws IOException {
        String first = "Package: a\nVersion: 1:2~3\nArchitecture: amd64\nDescription: d\n  indented\n\tby tab\n";
        String second = "Architecture: all\nPackage: b\nVersion: 1\nMaintainer: J\u00fcrgen\n";
        assertThat(read(InputFormat.DEBIAN_PACKAGES, first + "\n\n" + second))
                .containsExactly(
                        new Entry(ByteString.copyFromUtf8("a/1:2~3/amd64"), ByteString.copyFrom(first, UTF_8)),
                        new Entry(ByteString.copyFromUtf8("b/1/all"), ByteString.copyFrom(second, UTF_8)));
    }

    @Test
    void whatIsNoPackageIndexIsRefusedAtItsLine() {
        assertThatThrownBy(() -> read(InputFormat.DEBIAN_PACKAGES, "Package: a\nhello world\n"))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> read(InputFormat.DEBIAN_PACKAGES, "\nPackage: a\nVersion: 1\n"))
                .hasMessageContaining("stanza at line 2");
    }

    @Test
    void gzipIsUnpackedAndOtherCompressionsSayHow() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"key\": \"k\", \"value\": \"v\"}".getBytes(UTF_8));
        }
        try (RecordSource source =
                InputFormat.JSON_LINES.open(new ByteArrayInputStream(packed.toByteArray()), "x.gz")) {
            assertThat(source.next()).isPresent();
        }
        assertThatThrownBy(
                        () -> InputFormat.DEBIAN_PACKAGES.open(ByteArrayInputStream.nullInputStream(), "Packages.lz4"))
                .hasMessageContaining("lz4 -dc Packages.lz4 | kv import --format debian-packages -");
    }

    @Test
    void anEmptyInputHasNoRecords() throws IOException {
        assertThat(read(InputFormat.JSON_LINES, "")).isEmpty();
        assertThat(read(InputFormat.DEBIAN_PACKAGES, "\n\n")).isEmpty();
    }

    private static List<Entry> read(InputFormat format, String text) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (RecordSource source = format.open(new ByteArrayInputStream(text.getBytes(UTF_8)), "input")) {
            for (Optional<Entry> entry = source.next(); entry.isPresent(); entry = source.next()) {
                entries.add(entry.get());
            }
        }
        return entries;
    }

    private static ByteString bytes(int... values) {
        StringBuilder text = new StringBuilder();
        for (int value : values) {
            text.append((char) value);
        }
        return ByteString.copyFrom(text.toString(), ISO_8859_1);
    }
}
