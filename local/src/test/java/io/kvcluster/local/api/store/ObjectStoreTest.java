package io.kvcluster.local.api.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
    private static final ObjectKey KEY = new ObjectKey("configmaps", "default", "a");

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("objects.journal");
    }

    private static ObjectNode object(String value) {
        ObjectNode object = Json.object();
        object.put("value", value);
        return object;
    }

    private static Optional<ObjectNode> found(ObjectStore store) {
        return store.call(tx -> tx.get(KEY));
    }

    @Test
    void whatWasAnsweredIsThereAfterAReopen() throws Exception {
        long revision;
        try (ObjectStore store = ObjectStore.open(file())) {
            store.call(tx -> tx.put(KEY, object("1")));
            store.call(tx -> tx.put(KEY, object("2")));
            revision = store.call(Transaction::revision);
        }
        try (ObjectStore store = ObjectStore.open(file())) {
            assertThat(Json.text(found(store).orElseThrow(), "value")).isEqualTo("2");
            assertThat(store.call(Transaction::revision)).isEqualTo(revision);
            store.call(tx -> {
                tx.delete(KEY);
                return 0;
            });
        }
        try (ObjectStore store = ObjectStore.open(file())) {
            assertThat(found(store)).isEmpty();
            assertThat(store.call(Transaction::revision)).isEqualTo(revision + 1);
        }
    }

    @Test
    void anUnfinishedLastLineIsDropped() throws Exception {
        try (ObjectStore store = ObjectStore.open(file())) {
            store.call(tx -> tx.put(KEY, object("1")));
        }
        Files.write(
                file(), "{\"revision\":9,\"key\":[\"conf".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        try (ObjectStore store = ObjectStore.open(file())) {
            assertThat(found(store)).isPresent();
            store.call(tx -> tx.put(KEY, object("2")));
        }
        try (ObjectStore store = ObjectStore.open(file())) {
            assertThat(Json.text(found(store).orElseThrow(), "value")).isEqualTo("2");
        }
    }

    @Test
    void damageInTheMiddleIsRefusedWithTheLine() throws Exception {
        Files.writeString(file(), "{\"revision\":1}\nnonsense\n{\"revision\":2}\n");
        assertThatThrownBy(() -> ObjectStore.open(file()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("damaged");
    }

    @Test
    void aWatchSeesWhatFollowsItsRevisionAndNothingTwice() throws Exception {
        try (ObjectStore store = ObjectStore.open(file())) {
            store.call(tx -> tx.put(KEY, object("1")));
            long from = store.call(Transaction::revision);
            store.call(tx -> tx.put(KEY, object("2")));
            try (Watch watch = store.watchAfter("configmaps", from)) {
                store.call(tx -> tx.put(KEY, object("3")));
                assertThat(Json.text(watch.poll(5, TimeUnit.SECONDS).object(), "value"))
                        .isEqualTo("2");
                assertThat(Json.text(watch.poll(5, TimeUnit.SECONDS).object(), "value"))
                        .isEqualTo("3");
                assertThat(watch.poll(0, TimeUnit.SECONDS)).isNull();
            }
        }
    }

    @Test
    void aWatchFromBeforeTheRestartIsTooOld() throws Exception {
        try (ObjectStore store = ObjectStore.open(file())) {
            store.call(tx -> tx.put(KEY, object("1")));
            store.call(tx -> tx.put(KEY, object("2")));
        }
        try (ObjectStore store = ObjectStore.open(file())) {
            assertThatThrownBy(() -> store.watchAfter("configmaps", 1))
                    .isInstanceOf(ApiError.class)
                    .hasMessageContaining("too old resource version: 1");
        }
    }

    @Test
    void aClosedStoreRefuses() throws Exception {
        ObjectStore store = ObjectStore.open(file());
        store.close();
        assertThatThrownBy(() -> store.call(Transaction::revision))
                .isInstanceOf(ApiError.class)
                .hasMessageContaining("stopped");
    }
}
