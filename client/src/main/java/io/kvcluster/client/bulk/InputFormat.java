package io.kvcluster.client.bulk;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How records are written in a file. */
public enum InputFormat {
    JSON_LINES,
    DEBIAN_PACKAGES;

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @param name of the file: {@code .gz} is unpacked
     * @throws IOException for other compressions, naming the command that unpacks them
     */
    public RecordSource open(InputStream in, String name) throws IOException {
        refuse(name, ".lz4", "lz4 -dc");
        refuse(name, ".xz", "xz -dc");
        refuse(name, ".zst", "zstd -dc");
        refuse(name, ".bz2", "bzip2 -dc");
        InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
        return switch (this) {
            case JSON_LINES -> new JsonLinesSource(plain);
            case DEBIAN_PACKAGES -> new DebianPackagesSource(plain);
        };
    }

    private void refuse(String name, String suffix, String command) throws IOException {
        if (name.endsWith(suffix)) {
            throw new IOException(name + " is compressed in a way that is not read here; unpack it on the way: "
                    + command + " " + name + " | kv import --format " + label() + " -");
        }
    }
}
