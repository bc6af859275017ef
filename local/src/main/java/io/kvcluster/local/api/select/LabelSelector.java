package io.kvcluster.local.api.select;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.error.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A label selector in its text form ({@code a=b,c in (d,e),!f}) or its object form (matchLabels, matchExpressions). */
public final class LabelSelector implements Predicate<JsonNode> {
    private static final Pattern ONE = Pattern.compile(
            "\\s*(?:(?<absent>!)\\s*(?<nokey>[\\w./-]+)|(?<key>[\\w./-]+)(?:\\s*(?<op>==|=|!=)\\s*(?<value>[\\w.-]*)"
                    + "|\\s+(?<set>in|notin)\\s*\\((?<values>[^)]*)\\))?)\\s*(?:,|$)");

    private enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }

    private record Requirement(String key, Operator operator, Set<String> values) {
        boolean matches(JsonNode labels) {
            JsonNode value = labels.path(key);
            boolean present = value.isTextual();
            return switch (operator) {
                case IN -> present && values.contains(value.asText());
                case NOT_IN -> !present || !values.contains(value.asText());
                case EXISTS -> present;
                case DOES_NOT_EXIST -> !present;
            };
        }
    }

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = requirements;
    }

    /** Selects everything. */
    public static LabelSelector everything() {
        return new LabelSelector(List.of());
    }

    /** @throws ApiError 400 when the text is no selector */
    public static LabelSelector parse(String text) {
        List<Requirement> all = new ArrayList<>();
        Matcher matcher = ONE.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw ApiError.badRequest("unable to parse requirement: found '" + text.substring(at)
                        + "' in label selector '" + text + "'");
            }
            all.add(requirement(matcher));
            at = matcher.end();
        }
        return new LabelSelector(all);
    }

    private static Requirement requirement(Matcher one) {
        if (one.group("absent") != null) {
            return new Requirement(one.group("nokey"), Operator.DOES_NOT_EXIST, Set.of());
        }
        String key = one.group("key");
        if (one.group("op") != null) {
            Operator operator = one.group("op").equals("!=") ? Operator.NOT_IN : Operator.IN;
            return new Requirement(key, operator, Set.of(one.group("value")));
        }
        if (one.group("set") != null) {
            Set<String> values = new TreeSet<>();
            for (String value : one.group("values").split(",", -1)) {
                values.add(value.strip());
            }
            return new Requirement(key, one.group("set").equals("in") ? Operator.IN : Operator.NOT_IN, values);
        }
        return new Requirement(key, Operator.EXISTS, Set.of());
    }

    /** Reads {@code matchLabels} and {@code matchExpressions}; an empty object selects everything. */
    public static LabelSelector of(JsonNode selector) {
        List<Requirement> all = new ArrayList<>(ofLabels(selector.path("matchLabels")).requirements);
        for (JsonNode expression : selector.path("matchExpressions")) {
            Set<String> values = new TreeSet<>();
            expression.path("values").forEach(value -> values.add(value.asText()));
            Operator operator = switch (expression.path("operator").asText()) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                default -> Operator.DOES_NOT_EXIST;
            };
            all.add(new Requirement(expression.path("key").asText(), operator, values));
        }
        return new LabelSelector(all);
    }

    /** Every label of the map, as in the selector of a Service. */
    public static LabelSelector ofLabels(JsonNode labels) {
        List<Requirement> all = new ArrayList<>();
        labels.properties()
                .forEach(label -> all.add(new Requirement(
                        label.getKey(), Operator.IN, Set.of(label.getValue().asText()))));
        return new LabelSelector(all);
    }

    /** Whether the labels of the object match. */
    @Override
    public boolean test(JsonNode object) {
        JsonNode labels = object.path("metadata").path("labels");
        return requirements.stream().allMatch(requirement -> requirement.matches(labels));
    }
}
