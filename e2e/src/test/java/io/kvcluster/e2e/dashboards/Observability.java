package io.kvcluster.e2e.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the chart shows and warns of, read from its files. */
final class Observability {
    private static final Path CHART = Path.of("../helm/kvcluster");
    private static final Path DOCUMENT = Path.of("../docs/metrics.md");
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:kvstore|kvcluster_operator|process|jvm)_[a-z_]*[a-z](?=[^a-z_])");

    private Observability() {}

    /** @param where dashboard and panel, or alert */
    record Query(String where, String text) {
        TreeSet<String> metrics() {
            TreeSet<String> names = new TreeSet<>();
            Matcher matcher = METRIC.matcher(text + " ");
            while (matcher.find()) {
                names.add(matcher.group());
            }
            return names;
        }

        /** As Grafana sends it, for all clusters. */
        String filled() {
            return text.replace("$__rate_interval", "30s").replace("$cluster", ".*");
        }
    }

    static List<Path> dashboards() {
        try (Stream<Path> files = Files.list(CHART.resolve("dashboards"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path alertFile() {
        return CHART.resolve("alerts/kvcluster.yaml").toAbsolutePath().normalize();
    }

    static List<Query> panels() {
        List<Query> queries = new ArrayList<>();
        for (Path file : dashboards()) {
            JsonNode dashboard = json(file);
            for (JsonNode panel : dashboard.get("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(new Query(
                            dashboard.get("uid").textValue() + ": "
                                    + panel.get("title").textValue(),
                            target.get("expr").textValue()));
                }
            }
        }
        return queries;
    }

    static List<Query> annotations() {
        List<Query> queries = new ArrayList<>();
        for (Path file : dashboards()) {
            json(file)
                    .at("/annotations/list")
                    .forEach(each -> queries.add(new Query(
                            file.getFileName() + ": " + each.get("name").textValue(),
                            each.get("expr").textValue())));
        }
        return queries;
    }

    static List<Query> alerts() {
        List<Query> queries = new ArrayList<>();
        try {
            new YAMLMapper()
                    .readTree(alertFile().toFile())
                    .get("groups")
                    .forEach(group -> group.get("rules")
                            .forEach(rule -> queries.add(new Query(
                                    rule.get("alert").textValue(),
                                    rule.get("expr").textValue()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return queries;
    }

    /** Names of the table rows, with what Prometheus makes of a histogram. */
    static TreeSet<String> documented() {
        TreeSet<String> names = new TreeSet<>();
        String text;
        try {
            text = Files.readString(DOCUMENT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher row = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\w+)").matcher(text);
        while (row.find()) {
            if (row.group(2).equals("histogram") || row.group(2).equals("summary")) {
                List.of("_bucket", "_sum", "_count").forEach(part -> names.add(row.group(1) + part));
            } else {
                names.add(row.group(1));
            }
        }
        return names;
    }

    static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
