package io.kvcluster.local.api.kind;

import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.schema.Schema;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One kind as the API serves it.
 *
 * @param group API group, empty for the core group
 * @param custom whether a CustomResourceDefinition made it
 * @param hasStatus whether it has a status subresource
 * @param scale where its scale subresource finds its numbers, or null when it has none
 * @param schemaSource its schema, made when it is first needed
 */
public record ResourceKind(
        String group,
        String version,
        String kind,
        String plural,
        String singular,
        List<String> shortNames,
        List<String> categories,
        boolean namespaced,
        boolean custom,
        boolean hasStatus,
        @Nullable ScalePaths scale,
        List<PrinterColumn> columns,
        Supplier<Schema> schemaSource) {

    /** Field paths of the scale subresource, without the leading dot; the selector path may be empty. */
    public record ScalePaths(String spec, String status, String selector) {}

    /** A column of {@code additionalPrinterColumns}. */
    public record PrinterColumn(
            String name, String type, String format, String description, int priority, String jsonPath) {}

    public ResourceKind {
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        columns = List.copyOf(columns);
    }

    public Schema schema() {
        return schemaSource.get();
    }

    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code statefulsets.apps}, {@code pods}: the name of the collection and of its place in the store. */
    public String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    public ApiError.About about(String name) {
        return new ApiError.About(group, plural, kind, name);
    }
}
