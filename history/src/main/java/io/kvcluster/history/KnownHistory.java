package io.kvcluster.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A history shipped with its right verdict. The resource begins with comment lines: {@code # about:} a sentence, and for
 * a bad one {@code # rejected by:} the names of the checks that must reject it.
 *
 * @param rejectedBy empty for a good history, which every check must accept
 */
record KnownHistory(String name, String about, Set<String> rejectedBy, History history) {
    private static final String INDEX = "known-histories.txt";

    /** All of them, in the order of the index. */
    static List<KnownHistory> all() {
        return read(INDEX)
                .lines()
                .filter(line -> !line.isBlank())
                .map(KnownHistory::load)
                .toList();
    }

    boolean isBad() {
        return !rejectedBy.isEmpty();
    }

    private static KnownHistory load(String name) {
        String text = read(name + ".jsonl");
        try {
            return new KnownHistory(
                    name,
                    header(text, "about").getFirst(),
                    new TreeSet<>(header(text, "rejected by")),
                    parse(text, name));
        } catch (IOException e) {
            throw new UncheckedIOException("known history " + name, e);
        }
    }

    private static History parse(String text, String name) throws IOException {
        return HistoryFile.parse(text, name);
    }

    private static List<String> header(String text, String field) {
        String prefix = "# " + field + ": ";
        return text.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .flatMap(
                        value -> field.equals("about") ? List.of(value).stream() : Arrays.stream(value.split(", ", -1)))
                .toList();
    }

    private static String read(String resource) {
        try (InputStream in = KnownHistory.class.getResourceAsStream("known/" + resource)) {
            return new String(
                    Objects.requireNonNull(in, "resource known/" + resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("resource known/" + resource, e);
        }
    }
}
