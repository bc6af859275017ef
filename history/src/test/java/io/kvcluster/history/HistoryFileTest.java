package io.kvcluster.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong(100);

    @Test
    void whatIsRecordedIsRead() throws IOException {
        Path path = directory.resolve("h.jsonl");
        try (HistoryFile file = HistoryFile.create(path)) {
            HistoryRecorder recorder = new HistoryRecorder(clock::getAndIncrement, file);
            recorder.invoke("a", "k\n\"ü", Action.put("v1")).complete(Outcome.applied());
            recorder.invoke("a", "k", Action.get()).complete(Outcome.absent());
            recorder.invoke("a", "k", Action.get()).complete(Outcome.found("x"));
            recorder.invoke("a", "k", Action.delete()).complete(Outcome.notApplied("OVERLOADED"));
            recorder.invoke("b", "k", Action.delete()).complete(Outcome.unknown("TIMEOUT"));
        }
        assertThat(HistoryFile.read(path))
                .isEqualTo(History.of(
                        new Operation(1, "a", "k\n\"ü", Action.put("v1"), Outcome.applied(), 100, 101),
                        new Operation(2, "a", "k", Action.get(), Outcome.absent(), 102, 103),
                        new Operation(3, "a", "k", Action.get(), Outcome.found("x"), 104, 105),
                        new Operation(4, "a", "k", Action.delete(), Outcome.notApplied("OVERLOADED"), 106, 107),
                        new Operation(5, "b", "k", Action.delete(), Outcome.unknown("TIMEOUT"), 108, 109)));
    }

    @Test
    void anOperationInFlightAtTheCrashIsUnknownAndATornLastLineIsLeftOut() throws IOException {
        Path path = directory.resolve("h.jsonl");
        try (HistoryFile file = HistoryFile.create(path)) {
            HistoryRecorder recorder = new HistoryRecorder(clock::getAndIncrement, file);
            recorder.invoke("a", "k", Action.put("v1"));
            recorder.invoke("b", "k", Action.put("v2")).complete(Outcome.applied());
        }
        Files.writeString(path, "{\"event\":\"complete\",\"id\":1,\"na", StandardOpenOption.APPEND);
        assertThat(HistoryFile.read(path).operations())
                .containsExactly(
                        new Operation(1, "a", "k", Action.put("v1"), Outcome.unknown("never completed"), 100, 102),
                        new Operation(2, "b", "k", Action.put("v2"), Outcome.applied(), 101, 102));
    }

    @Test
    void aBrokenLineInTheMiddleIsAnErrorThatNamesIt() throws IOException {
        Path path = directory.resolve("h.jsonl");
        Files.writeString(path, "{\"event\":\"complete\",\"id\":1,\"na\n{}\n");
        assertThatThrownBy(() -> HistoryFile.read(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 1");
    }

    @Test
    void aFieldOfTheWrongTypeIsAnErrorThatNamesIt() throws IOException {
        Path path = directory.resolve("h.jsonl");
        Files.writeString(path, "{\"event\":\"invoke\",\"id\":\"one\",\"nanos\":1}\n");
        assertThatThrownBy(() -> HistoryFile.read(path)).hasMessageContaining("field id must be an integer");
    }

    @Test
    void aHistoryIsNeverAppendedToAnother() throws IOException {
        Path path = Files.createFile(directory.resolve("h.jsonl"));
        assertThatThrownBy(() -> HistoryFile.create(path)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void manyThreadsWriteWholeLines() throws IOException {
        Path path = directory.resolve("h.jsonl");
        try (HistoryFile file = HistoryFile.create(path)) {
            HistoryRecorder recorder = new HistoryRecorder(System::nanoTime, file);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 2000; i++) {
                    String value = "v".repeat(i % 100) + i;
                    threads.submit(
                            () -> recorder.invoke("c", "k", Action.put(value)).complete(Outcome.applied()));
                }
            }
        }
        assertThat(HistoryFile.read(path).operations()).hasSize(2000).allMatch(Operation::isAcknowledgedWrite);
    }
}
