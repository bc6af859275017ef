package io.kvcluster.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.SpecTable;
import io.kvcluster.local.TestApi;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The embedded API server gives every KvCluster of the table its verdict. */
class SpecTableTest {
    private static final WriteOptions STRICT =
            new WriteOptions(false, "test", false, WriteOptions.UnknownFields.STRICT);

    @TempDir
    static Path folder;

    private static TestApi api;
    private static ResourceKind kind;

    @BeforeAll
    static void start() throws Exception {
        api = TestApi.start(folder);
        try (var file = KvCluster.class.getResourceAsStream("kvclusters.kvcluster.io-v1.yml")) {
            ObjectNode definition = Json.parseYamlDocuments(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                    .getFirst();
            api.resources().create(BuiltInKinds.CUSTOM_RESOURCE_DEFINITION, "", definition, STRICT);
        }
        kind = api.resources()
                .catalog()
                .find("kvcluster.io", "v1beta1", "kvclusters")
                .orElseThrow();
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    static Iterable<SpecTable.Case> cases() {
        return SpecTable.load().cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasTheVerdict(SpecTable.Case row) {
        Resources resources = api.resources();
        resources
                .find(kind, "default", row.name())
                .ifPresent(old -> resources.delete(kind, "default", row.name(), DeleteOptions.PLAIN));
        Optional<ApiError> refusal = Optional.empty();
        try {
            if (row.before() == null) {
                resources.create(kind, "default", cluster(row, row.spec()), STRICT);
            } else {
                ObjectNode old = resources
                        .create(kind, "default", cluster(row, row.before()), STRICT)
                        .object();
                ObjectNode next = cluster(row, row.spec());
                Json.metadata(next).put("resourceVersion", Json.text(old, "metadata", "resourceVersion"));
                resources.update(kind, "default", row.name(), "", next, STRICT);
            }
        } catch (ApiError e) {
            refusal = Optional.of(e);
        }
        if (row.verdict() == SpecTable.Verdict.REFUSED) {
            assertThat(refusal).isPresent();
            assertThat(refusal.get().getMessage()).contains(row.message().toArray(String[]::new));
        } else {
            assertThat(refusal).isEmpty();
            JsonNode spec = resources.get(kind, "default", row.name()).path("spec");
            row.defaulted()
                    .forEach((path, value) ->
                            assertThat(Json.text(spec, path.split("\\."))).isEqualTo(String.valueOf(value)));
        }
    }

    private static ObjectNode cluster(SpecTable.Case row, @Nullable Map<String, Object> spec) {
        ObjectNode object = Json.object();
        Json.metadata(object).put("name", row.name());
        if (spec != null) {
            object.set("spec", Json.tree(spec));
        }
        return object;
    }
}
