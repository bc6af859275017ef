package io.kvcluster.client.bulk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Debian package index: stanzas of {@code Field: value} lines with a blank line between them. The key is
 * {@code Package/Version/Architecture}, which is unique in an index; the value is the stanza, byte for byte.
 */
final class DebianPackagesSource implements RecordSource {
    private static final Pattern FIELD = Pattern.compile("[!-9;-~]+:.*", Pattern.DOTALL);

    private final Lines lines;

    DebianPackagesSource(InputStream in) {
        this.lines = new Lines(in);
    }

    @Override
    public Optional<Entry> next() throws IOException {
        Stanza stanza = new Stanza();
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            String text = new String(line.get(), ISO_8859_1);
            if (!text.isBlank()) {
                stanza.add(text, line.get());
            } else if (!stanza.isEmpty()) {
                break;
            }
        }
        return stanza.isEmpty() ? Optional.empty() : Optional.of(stanza.entry());
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private final class Stanza {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        private String name = "";
        private String version = "";
        private String architecture = "";
        private long firstLine;

        boolean isEmpty() {
            return bytes.size() == 0;
        }

        void add(String text, byte[] line) throws IOException {
            if (isEmpty()) {
                firstLine = lines.number();
            }
            boolean continues = text.startsWith(" ") || text.startsWith("\t");
            if (continues ? isEmpty() : !FIELD.matcher(text).matches()) {
                throw new IOException(
                        "line " + lines.number() + " is no \"Field: value\" line of a Debian package index: "
                                + text.substring(0, Math.min(60, text.length())));
            }
            bytes.writeBytes(line);
            bytes.write('\n');
            name = valueOf("Package", text, name);
            version = valueOf("Version", text, version);
            architecture = valueOf("Architecture", text, architecture);
        }

        Entry entry() throws IOException {
            if (name.isEmpty() || version.isEmpty() || architecture.isEmpty()) {
                throw new IOException("the stanza at line " + firstLine
                        + " lacks Package, Version or Architecture: this is no Debian package index");
            }
            return new Entry(
                    ByteString.copyFrom(name + "/" + version + "/" + architecture, ISO_8859_1),
                    ByteString.copyFrom(bytes.toByteArray()));
        }

        private static String valueOf(String field, String text, String otherwise) {
            return text.startsWith(field + ":")
                    ? text.substring(field.length() + 1).strip()
                    : otherwise;
        }
    }
}
