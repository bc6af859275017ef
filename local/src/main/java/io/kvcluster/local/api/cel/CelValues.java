package io.kvcluster.local.api.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.NullValue;
import io.kvcluster.local.api.schema.Schema;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON values as CEL sees them: whole numbers are ints, names of declared fields are escaped as Kubernetes does. */
final class CelValues {
    private static final Set<String> RESERVED = Set.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return",
            "var",
            "void",
            "while");

    private CelValues() {}

    static Object of(JsonNode value, Schema schema) {
        return switch (value.getNodeType()) {
            case OBJECT -> object(value, schema);
            case ARRAY -> list(value, schema);
            case STRING -> text(value.asText(), schema);
            case NUMBER -> number(value, schema);
            case BOOLEAN -> value.booleanValue();
            default -> NullValue.NULL_VALUE;
        };
    }

    private static Map<String, Object> object(JsonNode value, Schema schema) {
        Map<String, Object> fields = new LinkedHashMap<>();
        value.properties().forEach(field -> {
            String name = field.getKey();
            fields.put(schema.declares(name) ? escape(name) : name, of(field.getValue(), schema.field(name)));
        });
        return fields;
    }

    private static List<Object> list(JsonNode value, Schema schema) {
        List<Object> items = new ArrayList<>(value.size());
        value.forEach(item -> items.add(of(item, schema.item())));
        return items;
    }

    private static Object text(String text, Schema schema) {
        try {
            return switch (schema.source().path("format").asText("")) {
                case "date-time" -> instant(text);
                case "duration" -> seconds(text);
                default -> text;
            };
        } catch (java.time.DateTimeException e) {
            return text;
        }
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
    }

    private static Object number(JsonNode value, Schema schema) {
        if (schema.type() == Schema.Type.NUMBER) {
            return value.doubleValue();
        }
        return value.isIntegralNumber()
                        || value.decimalValue().stripTrailingZeros().scale() <= 0
                ? (Object) value.longValue()
                : (Object) value.doubleValue();
    }

    static String escape(String name) {
        if (RESERVED.contains(name)) {
            return "__" + name + "__";
        }
        return name.replace("__", "__underscores__")
                .replace(".", "__dot__")
                .replace("-", "__dash__")
                .replace("/", "__slash__");
    }
}
