package io.kvcluster.local.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.ResourceKind;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.store.Change;
import io.kvcluster.local.api.store.Watch;
import io.kvcluster.local.api.table.Tables;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Writes a watch: one JSON line for each change that concerns the reader, until its time is over or it goes away. */
final class WatchStream {
    private static final Duration LONGEST = Duration.ofMinutes(60);
    private static final long BOOKMARK_SECONDS = 20;

    private final Call call;
    private final ResourceKind kind;
    private final Predicate<ObjectNode> wanted;
    private final Clock clock;
    private final BooleanSupplier stopping;
    private final boolean table;
    private final Tables.Include include;
    private final boolean bookmarks;

    WatchStream(Call call, ResourceKind kind, Predicate<ObjectNode> wanted, Clock clock, BooleanSupplier stopping) {
        this.call = call;
        this.kind = kind;
        this.wanted = wanted;
        this.clock = clock;
        this.stopping = stopping;
        this.table = call.wantsTable();
        this.include = Tables.Include.of(call.parameter("includeObject"));
        this.bookmarks = call.flag("allowWatchBookmarks");
    }

    void run(Resources resources) throws IOException {
        String from = call.parameter("resourceVersion");
        boolean initial = call.flag("sendInitialEvents") || from.isEmpty() || from.equals("0");
        try (Watch watch = initial ? resources.watch(kind) : resources.watchAfter(kind, revision(from));
                OutputStream out = call.stream("application/json")) {
            for (ObjectNode object : watch.initial()) {
                if (wanted.test(object)) {
                    write(out, "ADDED", shown(object));
                }
            }
            if (call.flag("sendInitialEvents")) {
                ObjectNode bookmark = bookmark(watch.revision());
                Json.child(Json.metadata(bookmark), "annotations").put("k8s.io/initial-events-end", "true");
                write(out, "BOOKMARK", bookmark);
            }
            begin(watch, out);
            follow(watch, out);
        }
    }

    /** The HTTP server sends the header only with the first byte, and clients wait for the header. */
    private void begin(Watch watch, OutputStream out) throws IOException {
        if (bookmarks) {
            write(out, "BOOKMARK", bookmark(watch.revision()));
        } else {
            out.write(' '); // JSON allows it before the first event
        }
        out.flush();
    }

    private static long revision(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ApiError.badRequest("resourceVersion: Invalid value: \"" + text + "\": strconv.ParseUint: parsing \""
                    + text + "\": invalid syntax");
        }
    }

    private void follow(Watch watch, OutputStream out) throws IOException {
        long end = System.nanoTime() + timeout().toNanos();
        long nextBookmark = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOKMARK_SECONDS);
        long revision = watch.revision();
        try {
            while (System.nanoTime() < end && !stopping.getAsBoolean()) {
                Change change = watch.poll(200, TimeUnit.MILLISECONDS);
                if (change != null) {
                    revision = change.revision();
                    write(change, out);
                    out.flush();
                } else if (watch.ended()) {
                    ObjectNode gone = ApiError.expired("the watch fell behind or the store was closed")
                            .toStatus();
                    write(out, "ERROR", gone);
                    return;
                } else if (bookmarks && System.nanoTime() > nextBookmark) {
                    write(out, "BOOKMARK", bookmark(revision));
                    out.flush();
                    nextBookmark = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOKMARK_SECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration timeout() {
        String seconds = call.parameter("timeoutSeconds");
        try {
            return seconds.isEmpty() ? LONGEST : Duration.ofSeconds(Math.min(Long.parseLong(seconds), 86_400));
        } catch (NumberFormatException e) {
            return LONGEST;
        }
    }

    /** An object that begins to match is added for this reader, one that ceases to match is deleted. */
    private void write(Change change, OutputStream out) throws IOException {
        boolean is = change.type() != Change.Type.DELETED && wanted.test(change.object());
        ObjectNode previous = change.previous();
        if (previous == null || !wanted.test(previous)) {
            if (is) {
                write(out, "ADDED", shown(change.object()));
            }
        } else if (is) {
            write(out, "MODIFIED", shown(change.object()));
        } else {
            write(out, "DELETED", shown(lastState(change, previous)));
        }
    }

    private static ObjectNode lastState(Change change, ObjectNode previous) {
        if (change.type() == Change.Type.DELETED) {
            return change.object();
        }
        ObjectNode last = previous.deepCopy();
        Json.metadata(last).put("resourceVersion", Long.toString(change.revision()));
        return last;
    }

    private JsonNode shown(ObjectNode object) {
        if (!table) {
            return object;
        }
        String revision = Json.text(object, "metadata", "resourceVersion");
        return Tables.of(kind, List.of(object), revision, include, clock.instant());
    }

    private ObjectNode bookmark(long revision) {
        ObjectNode bookmark = Json.object();
        if (table) {
            bookmark = Tables.of(kind, List.of(), Long.toString(revision), include, clock.instant());
        } else {
            bookmark.put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
            Json.metadata(bookmark).put("resourceVersion", Long.toString(revision));
            Json.metadata(bookmark).putNull("creationTimestamp");
        }
        return bookmark;
    }

    private static void write(OutputStream out, String type, JsonNode object) throws IOException {
        ObjectNode event = Json.object().put("type", type);
        event.set("object", object);
        out.write(Json.write(event));
        out.write('\n');
    }
}
