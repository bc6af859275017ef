package com.example.kv;

import io.kvcluster.resolver.ConflictResolver;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/** Values are sets of lines, a shopping cart for example: the union of both, sorted, so that every order gives the same bytes. */
public final class LinesUnion implements ConflictResolver {
    @Override
    public String name() {
        return "lines-union";
    }

    @Override
    public byte[] merge(byte[] key, byte[] left, byte[] right) {
        TreeSet<String> lines = new TreeSet<>();
        add(left, lines);
        add(right, lines);
        return String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One char a byte: values that are no UTF-8 survive too. Blank lines do not: one alone could not be told from no line. */
    private static void add(byte[] value, TreeSet<String> lines) {
        new String(value, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
    }
}
