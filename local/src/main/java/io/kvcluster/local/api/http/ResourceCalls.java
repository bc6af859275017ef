package io.kvcluster.local.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.PatchType;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.Written;
import io.kvcluster.local.api.select.FieldSelector;
import io.kvcluster.local.api.select.LabelSelector;
import io.kvcluster.local.api.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Requests for objects: which kind, namespace, name and subresource they mean, and what they do to them. */
final class ResourceCalls {
    private final Resources resources;
    private final PodLogs logs;
    private final Clock clock;
    private final BooleanSupplier stopping;

    ResourceCalls(Resources resources, PodLogs logs, Clock clock, BooleanSupplier stopping) {
        this.resources = resources;
        this.logs = logs;
        this.clock = clock;
        this.stopping = stopping;
    }

    /** What a path means. Name and subresource are empty for collections. */
    private record Target(ResourceKind kind, String namespace, String name, String subresource) {}

    /** Answers a request whose path below {@code /api/v1} or {@code /apis/group/version} is {@code rest}. */
    void answer(Call call, String group, String version, List<String> rest) throws IOException {
        Target target = target(group, version, rest);
        if (target.subresource().equals("log") && target.kind().equals(BuiltInKinds.POD)) {
            log(call, target);
        } else if (target.name().isEmpty()) {
            collection(call, target);
        } else {
            object(call, target);
        }
    }

    private Target target(String group, String version, List<String> rest) {
        boolean inNamespace = rest.get(0).equals("namespaces")
                && rest.size() > 2
                && resources.catalog().find(group, version, rest.get(2)).isPresent();
        String namespace = inNamespace ? rest.get(1) : "";
        List<String> path = inNamespace ? rest.subList(2, rest.size()) : rest;
        ResourceKind kind =
                resources.catalog().find(group, version, path.get(0)).orElseThrow(ApiError::noSuchPath);
        String name = path.size() > 1 ? path.get(1) : "";
        String subresource = path.size() > 2 ? path.get(2) : "";
        boolean known = subresource.isEmpty()
                || subresource.equals("status") && kind.hasStatus()
                || subresource.equals("scale") && kind.scale() != null
                || subresource.equals("log") && kind.equals(BuiltInKinds.POD);
        boolean misplaced = kind.namespaced() != inNamespace && !(kind.namespaced() && name.isEmpty());
        if (List.of("exec", "attach", "portforward", "eviction").contains(subresource)) {
            throw ApiError.notImplemented("pods are processes of this machine here: \"kubectl " + subresource
                    + "\" does not exist in local mode; reach a pod at its address (kubectl get pods -o wide)");
        }
        if (path.size() > 3 || !known || misplaced) {
            throw ApiError.noSuchPath();
        }
        return new Target(kind, namespace, name, subresource);
    }

    private void collection(Call call, Target target) throws IOException {
        switch (call.method()) {
            case "GET" -> {
                if (call.flag("watch")) {
                    new WatchStream(call, target.kind(), inNamespace(target, filter(call, target)), clock, stopping)
                            .run(resources);
                } else {
                    list(call, target);
                }
            }
            case "POST" -> {
                if (target.kind().namespaced() && target.namespace().isEmpty()) {
                    throw ApiError.methodNotAllowed();
                }
                written(call, resources.create(target.kind(), target.namespace(), call.object(), call.writeOptions()));
            }
            case "DELETE" -> {
                List<ObjectNode> gone = resources.deleteAll(
                        target.kind(), target.namespace(), filter(call, target), deleteOptions(call));
                call.answer(200, listOf(target.kind(), gone, ""));
            }
            default -> throw ApiError.methodNotAllowed();
        }
    }

    private static Predicate<ObjectNode> filter(Call call, Target target) {
        LabelSelector labels = LabelSelector.parse(call.parameter("labelSelector"));
        FieldSelector fields = FieldSelector.parse(
                call.parameter("fieldSelector"), target.kind().resource());
        return object -> labels.test(object) && fields.test(object);
    }

    private static Predicate<ObjectNode> inNamespace(Target target, Predicate<ObjectNode> filter) {
        String namespace = target.namespace();
        return namespace.isEmpty()
                ? filter
                : object -> Json.text(object, "metadata", "namespace").equals(namespace) && filter.test(object);
    }

    private void list(Call call, Target target) throws IOException {
        var listing = resources.list(target.kind(), target.namespace(), filter(call, target));
        String revision = Long.toString(listing.revision());
        call.answer(
                200,
                call.wantsTable()
                        ? Tables.of(
                                target.kind(),
                                listing.items(),
                                revision,
                                Tables.Include.of(call.parameter("includeObject")),
                                clock.instant())
                        : listOf(target.kind(), listing.items(), revision));
    }

    private static ObjectNode listOf(ResourceKind kind, List<ObjectNode> items, String revision) {
        ObjectNode list = Json.object().put("kind", kind.kind() + "List").put("apiVersion", kind.apiVersion());
        list.putObject("metadata").put("resourceVersion", revision);
        ArrayNode array = list.putArray("items");
        items.forEach(array::add);
        return list;
    }

    private void object(Call call, Target target) throws IOException {
        ResourceKind kind = target.kind();
        switch (call.method()) {
            case "GET" -> get(call, target);
            case "PUT" ->
                written(
                        call,
                        resources.update(
                                kind,
                                target.namespace(),
                                target.name(),
                                target.subresource(),
                                call.object(),
                                call.writeOptions()));
            case "PATCH" -> {
                PatchType type = PatchType.of(call.contentType(), kind.custom());
                written(
                        call,
                        resources.patch(
                                kind,
                                target.namespace(),
                                target.name(),
                                target.subresource(),
                                type,
                                call.json(),
                                call.writeOptions()));
            }
            case "DELETE" -> {
                if (!target.subresource().isEmpty()) {
                    throw ApiError.methodNotAllowed();
                }
                delete(call, target);
            }
            default -> throw ApiError.methodNotAllowed();
        }
    }

    private void get(Call call, Target target) throws IOException {
        ResourceKind kind = target.kind();
        if (target.subresource().equals("scale")) {
            call.answer(200, resources.scale(kind, target.namespace(), target.name()));
            return;
        }
        ObjectNode object = resources.get(kind, target.namespace(), target.name());
        call.answer(
                200,
                call.wantsTable()
                        ? Tables.of(
                                kind,
                                List.of(object),
                                Json.text(object, "metadata", "resourceVersion"),
                                Tables.Include.of(call.parameter("includeObject")),
                                clock.instant())
                        : object);
    }

    private static void written(Call call, Written written) throws IOException {
        written.warnings().forEach(call::warn);
        call.answer(written.created() ? 201 : 200, written.object());
    }

    private void delete(Call call, Target target) throws IOException {
        Written written = resources.delete(target.kind(), target.namespace(), target.name(), deleteOptions(call));
        if (!written.removed() || target.kind().equals(BuiltInKinds.POD)) {
            call.answer(200, written.object());
            return;
        }
        ObjectNode status =
                Json.object().put("kind", "Status").put("apiVersion", "v1").put("status", "Success");
        status.putObject("metadata");
        ObjectNode details = status.putObject("details").put("name", target.name());
        if (!target.kind().group().isEmpty()) {
            details.put("group", target.kind().group());
        }
        details.put("kind", target.kind().plural()).put("uid", Json.text(written.object(), "metadata", "uid"));
        call.answer(200, status);
    }

    private static DeleteOptions deleteOptions(Call call) throws IOException {
        JsonNode body = call.json();
        ObjectNode options = body instanceof ObjectNode object ? object : Json.object();
        if (call.isDryRun()) {
            options.putArray("dryRun").add("All");
        }
        for (String name : List.of("gracePeriodSeconds", "propagationPolicy")) {
            String value = call.parameter(name);
            if (!value.isEmpty()) {
                options.set(
                        name,
                        value.matches("\\d{1,9}")
                                ? options.numberNode(Long.parseLong(value))
                                : options.textNode(value));
            }
        }
        return DeleteOptions.of(options);
    }

    private void log(Call call, Target target) throws IOException {
        if (!call.method().equals("GET")) {
            throw ApiError.methodNotAllowed();
        }
        ObjectNode pod = resources.get(target.kind(), target.namespace(), target.name());
        String container = call.parameter("container");
        JsonNode containers = Json.at(pod, "spec", "containers");
        boolean known = container.isEmpty();
        for (JsonNode one : containers) {
            known |= Json.text(one, "name").equals(container);
        }
        if (!known) {
            throw ApiError.badRequest("container " + container + " is not valid for pod " + target.name());
        }
        boolean previous = call.flag("previous");
        Path file = logs.file(target.namespace(), target.name(), previous)
                .filter(Files::exists)
                .orElseThrow(() -> ApiError.badRequest(
                        previous
                                ? "previous terminated container \"" + container + "\" in pod \"" + target.name()
                                        + "\" not found"
                                : "container \"" + container + "\" in pod \"" + target.name()
                                        + "\" is waiting to start: ContainerCreating"));
        String uid = Json.text(pod, "metadata", "uid");
        new LogStream(call, file, clock.instant()).run(() -> stopping.getAsBoolean() || isGone(target, uid));
    }

    private boolean isGone(Target target, String uid) {
        return resources
                .find(target.kind(), target.namespace(), target.name())
                .filter(pod -> Json.text(pod, "metadata", "uid").equals(uid))
                .isEmpty();
    }
}
