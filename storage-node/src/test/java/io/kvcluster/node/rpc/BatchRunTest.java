package io.kvcluster.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BatchRunTest {
    private final AtomicReference<List<Outcome>> heard = new AtomicReference<>();

    @Test
    void outcomesAreInTheOrderOfTheCommandsWhateverOrderTheyCameIn() {
        List<Runnable> answers = new ArrayList<>();
        BatchRun.start((command, done) -> answers.add(() -> done.accept(outcomeOf(command))), gets(5), heard::set);
        assertThat(answers).hasSize(5);
        answers.reversed().forEach(Runnable::run);
        assertThat(versions()).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void noMoreThanAWindowIsUnderWayAtOnce() {
        Queue<Runnable> answers = new ArrayDeque<>();
        AtomicInteger started = new AtomicInteger();
        BatchRun.start(
                (command, done) -> {
                    started.incrementAndGet();
                    answers.add(() -> done.accept(outcomeOf(command)));
                },
                gets(200),
                heard::set);
        assertThat(started).hasValue(RpcLimits.BATCH_WINDOW);
        for (int i = 1; i <= 200; i++) {
            answers.remove().run();
            assertThat(started).hasValue(Math.min(200, RpcLimits.BATCH_WINDOW + i));
        }
        assertThat(versions()).hasSize(200).isSorted();
    }

    @Test
    void answersThatComeBeforeHandleReturnsDoNotDeepenTheStack() {
        BatchRun.start((command, done) -> done.accept(outcomeOf(command)), gets(100_000), heard::set);
        assertThat(versions()).hasSize(100_000).isSorted();
    }

    @RepeatedTest(20)
    void answersMayComeOnManyThreadsAtOnce() {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            AtomicInteger times = new AtomicInteger();
            Consumer<List<Outcome>> once = outcomes -> {
                times.incrementAndGet();
                heard.set(outcomes);
            };
            BatchRun.start(
                    (command, done) -> threads.execute(() -> done.accept(outcomeOf(command))), gets(1_000), once);
            await().until(() -> heard.get() != null);
            assertThat(versions()).hasSize(1_000).isSorted();
            assertThat(times).hasValue(1);
        }
    }

    @Test
    void whatTheReadsReturnTogetherIsBounded() {
        AtomicInteger asked = new AtomicInteger();
        var value = new Outcome.Version(1, new byte[Limits.VALUE_BYTES], false);
        BatchRun.start(
                (command, done) -> {
                    asked.incrementAndGet();
                    done.accept(new Outcome.Read(List.of(value), new byte[0], MapHandler.SERVICE));
                },
                gets(Limits.BATCH_OPERATIONS),
                heard::set);
        assertThat(heard.get().subList(0, 4)).allMatch(Outcome.Read.class::isInstance);
        assertThat(heard.get().subList(4, 1_000))
                .allMatch(outcome -> outcome instanceof Outcome.NotApplied refused
                        && refused.reason() == Reason.BATCH_TOO_LARGE
                        && refused.message().contains("4194304"));
        assertThat(asked).as("those that cannot be returned are not read").hasValue(5);
    }

    @Test
    void anEmptyBatchIsABug() {
        assertThatThrownBy(() -> BatchRun.start((_, _) -> {}, List.of(), heard::set))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private List<Long> versions() {
        return heard.get().stream()
                .map(outcome -> ((Outcome.Applied) outcome).version())
                .toList();
    }

    private static Outcome outcomeOf(Command command) {
        return new Outcome.Applied(Long.parseLong(command.key().toString()), new byte[0], MapHandler.SERVICE);
    }

    private static List<Command> gets(int count) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(new Command.Get(Key.of(Integer.toString(i)), null, 0, "", false));
        }
        return commands;
    }
}
