package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Good and bad KvClusters with the verdict that every API server has to give: a real one, the embedded one, and the operator's own
 * validation. Read from {@code spec-table.yaml} beside the CRD.
 */
public record SpecTable(List<Case> cases) {
    /** What an API server answers to a KvCluster. */
    public enum Verdict {
        @JsonProperty("accepted")
        ACCEPTED,
        @JsonProperty("refused")
        REFUSED
    }

    /**
     * One row.
     *
     * @param title what is tried, a sentence
     * @param name of the resource; "demo" when absent in the file
     * @param before the spec that exists already; null when {@code spec} is to be created, not updated
     * @param spec null when the resource has none
     * @param message fragments that the refusal has to contain
     * @param defaulted paths below spec, separated by dots, and the value that the API server has to have filled in
     */
    public record Case(
            String title,
            String name,
            @Nullable Map<String, Object> before,
            @Nullable Map<String, Object> spec,
            Verdict verdict,
            List<String> message,
            Map<String, Object> defaulted) {
        @SuppressWarnings("ConstantValue") // absent in YAML
        public Case {
            name = name == null ? "demo" : name;
            message = message == null ? List.of() : List.copyOf(message);
            defaulted = defaulted == null ? Map.of() : Map.copyOf(defaulted);
        }

        @Override
        public String toString() {
            return title;
        }
    }

    public static SpecTable load() {
        try (InputStream file = Objects.requireNonNull(SpecTable.class.getResourceAsStream("spec-table.yaml"))) {
            return Serialization.unmarshal(new String(file.readAllBytes(), StandardCharsets.UTF_8), SpecTable.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
