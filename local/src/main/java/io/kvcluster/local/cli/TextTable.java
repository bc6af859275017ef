package io.kvcluster.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@code meta.k8s.io} Table as kubectl prints it, without the columns of {@code -o wide}. */
final class TextTable {
    private static final String GAP = "   ";

    private TextTable() {}

    static String of(JsonNode table) {
        List<Integer> shown = new ArrayList<>();
        List<List<String>> lines = new ArrayList<>();
        List<String> header = new ArrayList<>();
        JsonNode columns = table.path("columnDefinitions");
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).path("priority").asInt() == 0) {
                shown.add(i);
                header.add(Json.text(columns.get(i), "name").toUpperCase(Locale.ROOT));
            }
        }
        lines.add(header);
        for (JsonNode row : table.path("rows")) {
            List<String> line = new ArrayList<>();
            shown.forEach(i -> line.add(row.path("cells").path(i).asText("")));
            lines.add(line);
        }
        return render(lines);
    }

    private static String render(List<List<String>> lines) {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int column = 0; column < line.size(); column++) {
                int at = column;
                int width =
                        lines.stream().mapToInt(l -> l.get(at).length()).max().orElse(0);
                row.append(String.format("%-" + Math.max(1, width) + "s", line.get(column)))
                        .append(GAP);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
