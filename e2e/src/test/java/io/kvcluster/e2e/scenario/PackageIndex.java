package io.kvcluster.e2e.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A file of the shape of a Debian package index, for machines that have none: a few fields, long dependencies, the odd huge one. */
final class PackageIndex {
    private static final int HUGE_EVERY = 200;
    private static final int HUGE_LINES = 600;

    private PackageIndex() {}

    static Path generate(Path file, int records, long seed) {
        Random random = new Random(seed);
        try (Writer out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < records; i++) {
                stanza(out, i, random);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        return file;
    }

    private static void stanza(Writer out, int number, Random random) throws IOException {
        out.write("Package: lib" + word(random) + number + "\n");
        out.write("Version: " + random.nextInt(20) + "." + random.nextInt(100) + "~rc" + random.nextInt(9) + "+dfsg-"
                + (1 + random.nextInt(5)) + "\n");
        out.write("Architecture: " + (random.nextInt(4) == 0 ? "all" : "amd64") + "\n");
        out.write("Maintainer: Zoë " + word(random) + " <" + word(random) + "@example.org>\n");
        out.write("Depends: ");
        int depends = random.nextInt(40);
        for (int i = 0; i <= depends; i++) {
            out.write((i == 0 ? "" : ", ") + word(random) + " (>= " + random.nextInt(10) + ")");
        }
        out.write("\nDescription: " + word(random) + " for " + word(random) + "\n");
        int lines = number % HUGE_EVERY == 0 ? HUGE_LINES : random.nextInt(12);
        for (int i = 0; i < lines; i++) {
            out.write(" " + word(random) + " " + word(random) + " " + word(random) + " " + word(random) + "\n");
        }
        out.write("SHA256: " + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()) + "\n\n");
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        int length = 3 + random.nextInt(9);
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }
}
