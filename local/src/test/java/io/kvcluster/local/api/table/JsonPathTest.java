package io.kvcluster.local.api.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPathTest {
    private static final String OBJECT =
            "{spec: {n: 3, list: [a, b]}, metadata: {labels: {a.b/c: x}}, status: {conditions: [{type: Ready, status:"
                    + " 'True'}, {type: Other, status: 'False'}]}}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ".spec.n | [3]",
                ".spec.list[1] | [\"b\"]",
                ".spec.list[*] | [\"a\", \"b\"]",
                ".status.conditions[?(@.type==\"Ready\")].status | [\"True\"]",
                ".status.conditions[?(@.type=='Other')].status | [\"False\"]",
                ".metadata.labels['a.b/c'] | [\"x\"]",
                ".metadata.labels.a\\.b/c | [\"x\"]",
                ".none.there | []",
                "nonsense[ | []"
            })
    void findsWhatPrinterColumnsAskFor(String path, String found) throws Exception {
        JsonNode object = Json.parseYaml(OBJECT.getBytes(StandardCharsets.UTF_8));
        assertThat(JsonPath.find(object, path)).hasToString(found);
    }

    @Test
    void anEmptyPathIsTheObject() throws Exception {
        JsonNode object = Json.parseYaml(OBJECT.getBytes(StandardCharsets.UTF_8));
        assertThat(JsonPath.find(object, "")).containsExactly(object);
    }
}
